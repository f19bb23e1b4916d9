package dev.switchboard.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigError;
import dev.switchboard.config.ConfigException;
import dev.switchboard.config.ConfigSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitOptionsTest {
    private static final long SECOND = TimeUnit.SECONDS.toMicros(1);

    @TempDir
    private Path folder;

    private List<String> errors = List.of();

    private LimitOptions read(String yaml, Map<String, String> environment) throws IOException {
        Files.writeString(folder.resolve("switchboard.yaml"), yaml);
        var read = new AtomicReference<LimitOptions>();
        try {
            ConfigSource.in(folder, environment).read(root -> {
                read.set(LimitOptions.from(root.section("limits")));
                return root;
            });
        } catch (ConfigException e) {
            // The other sections of the built-in file are nobody's here.
            errors = e.errors().stream()
                    .filter(error -> error.path().startsWith("limits"))
                    .map(ConfigError::toString)
                    .toList();
        }
        return read.get();
    }

    @Test
    void theDefaultsAreThoseOfTheManual() throws IOException {
        LimitOptions options = read("limits: {}", Map.of());

        assertThat(errors).isEmpty();
        assertThat(options.redis()).isNull();
        assertThat(options.redisTimeout()).isEqualTo(Duration.ofMillis(20));
        assertThat(options.tiers())
                .containsOnly(
                        Map.entry("default", new Tier("default", Tier.By.USER, new Bucket(10, SECOND, 20))),
                        Map.entry("auth", new Tier("auth", Tier.By.CLIENT, new Bucket(10, 60 * SECOND, 10))),
                        Map.entry("otp", new Tier("otp", Tier.By.CLIENT, new Bucket(3, 60 * SECOND, 3))),
                        Map.entry("upload", new Tier("upload", Tier.By.USER, new Bucket(10, 60 * SECOND, 10))));
    }

    @Test
    void tiersAreChangedAndAdded() throws IOException {
        LimitOptions options = read(
                """
                limits:
                  tiers:
                    default: { rps: 50 }
                    auth: { limit: 5 }
                    global: { limit: 100, window: 15m, by: client }
                    free: { limit: 0, window: 1s }
                """,
                Map.of("REDIS_ADDR", "redis.example.org:6380"));

        assertThat(errors).isEmpty();
        assertThat(options.redis()).hasToString("redis.example.org:6380");
        assertThat(options.tier("default").bucket()).isEqualTo(new Bucket(50, SECOND, 20));
        assertThat(options.tier("auth").bucket()).isEqualTo(new Bucket(5, 60 * SECOND, 5));
        assertThat(options.tier("global"))
                .isEqualTo(new Tier("global", Tier.By.CLIENT, new Bucket(100, 900 * SECOND, 100)));
        assertThat(options.tier("free").bucket()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"redis://:s3cret@r:7000/1,r:7000", "rediss://r,r:6379", "'r:6379',r:6379", "[::1]:6379,[::1]:6379"})
    void theAddressOfRedisIsPrintedWithoutItsPassword(String address, String printed) throws IOException {
        LimitOptions options = read("limits: {}", Map.of("REDIS_ADDR", address));

        assertThat(errors).isEmpty();
        assertThat(options.redis()).hasToString(printed);
        assertThat(options.toString()).doesNotContain("s3cret");
    }

    @Test
    void mistakesAreToldTogether() throws IOException {
        read(
                """
                limits:
                  tiers:
                    long: { limit: 999983, window: 31d }
                """,
                Map.of("REDIS_ADDR", "http://s3cret", "RATE_LIMIT_AUTH_BY", "nobody", "REDIS_TIMEOUT", "1h"));

        assertThat(errors)
                .hasSize(4)
                .anyMatch(error -> error.startsWith("limits.redis (REDIS_ADDR): expected host:port"))
                .anyMatch(error -> error.startsWith("limits.tiers.auth.by (RATE_LIMIT_AUTH_BY): expected one of user"))
                .anyMatch(error -> error.startsWith("limits.redisTimeout (REDIS_TIMEOUT): expected a duration"))
                .anyMatch(error -> error.startsWith("limits.tiers.long.burst: too many"))
                .noneMatch(error -> error.contains("s3cret"));
    }
}
