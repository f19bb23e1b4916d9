package dev.switchboard.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.config.Authorities;
import dev.switchboard.config.ConfigError;
import dev.switchboard.config.ConfigException;
import dev.switchboard.config.ConfigSource;
import dev.switchboard.gateway.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamOptionsTest {
    @TempDir
    private Path folder;

    private List<String> errors = List.of();

    @Test
    void addressesAreAllThatMustBeSaid() throws IOException {
        List<UpstreamOptions> all = read(
                """
                upstreams:
                  auth: { addresses: "${AUTH_URL:http://auth:5001}" }
                  chat: { addresses: [ "http://10.0.0.1:3000", "https://chat.example.org" ] }
                """,
                Map.of());

        assertThat(errors).isEmpty();
        assertThat(all)
                .containsExactly(
                        new UpstreamOptions("auth", List.of(new Address("auth", 5001, false))),
                        new UpstreamOptions(
                                "chat",
                                List.of(
                                        new Address("10.0.0.1", 3000, false),
                                        new Address("chat.example.org", 443, true))));
        UpstreamOptions auth = all.get(0);
        assertThat(auth.balance()).isEqualTo(Balance.ROUND_ROBIN);
        assertThat(auth.check()).isNull();
        assertThat(auth.ejection()).isEqualTo(new EjectionRule(5, Duration.ofSeconds(30), Duration.ofSeconds(300)));
        assertThat(auth.retries()).isEqualTo(new RetryRule(20, 3));
    }

    @Test
    void variablesNameSeveralAddressesAndAnEmptyValueIsTheDefault() throws IOException {
        List<UpstreamOptions> all = read(
                """
                upstreams:
                  auth:
                    addresses: "${AUTH_URL:http://auth:5001}"
                    maxWaiting: ${WAITING:}
                    check: { path: "${CHECK:}", interval: 9s }
                """,
                Map.of("AUTH_URL", "http://a:1, http://b:2/"));

        assertThat(errors).isEmpty();
        assertThat(all)
                .containsExactly(
                        new UpstreamOptions("auth", List.of(new Address("a", 1, false), new Address("b", 2, false))));
    }

    @Test
    void everythingCanBeSaid() throws IOException {
        List<UpstreamOptions> all = read(
                """
                upstreams:
                  chat:
                    addresses: http://chat:3000
                    balance: least_requests
                    connectTimeout: 1s
                    idleTimeout: 30s
                    keepAlive: 3s
                    maxConnections: 5
                    maxWaiting: 6
                    maxSockets: 7
                    check: { path: /health, interval: 10s, timeout: 1s, healthy: 1, unhealthy: 2 }
                    ejection: { failures: 4, time: 20s, maxTime: 100s }
                    retries: { share: 10%, least: 1 }
                    circuit: { failures: 50, share: 60, time: 4s, maxTime: 8s, probes: 2 }
                """,
                Map.of());

        assertThat(errors).isEmpty();
        assertThat(all)
                .containsExactly(new UpstreamOptions(
                        "chat",
                        List.of(new Address("chat", 3000, false)),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(3),
                        5,
                        6,
                        7,
                        Balance.LEAST_REQUESTS,
                        new CheckRule("/health", Duration.ofSeconds(10), Duration.ofSeconds(1), 1, 2),
                        new EjectionRule(4, Duration.ofSeconds(20), Duration.ofSeconds(100)),
                        new RetryRule(10, 1),
                        new BreakerRule(50, 60, Duration.ofSeconds(4), Duration.ofSeconds(8), 2)));
    }

    @Test
    void aServiceMayHaveAnAuthorityOfItsOwn(@TempDir Path folder) throws Exception {
        String ca = Certificates.make(folder).certificate();
        List<UpstreamOptions> all = read(
                "upstreams:\n  a: { addresses: https://a, tls: { ca: \"" + ca + "\" } }\n"
                        + "  b: { addresses: https://b, tls: { ca: \"${NONE:}\" } }\n",
                Map.of());
        assertThat(errors).isEmpty();
        assertThat(all).extracting(UpstreamOptions::tls).containsExactly(Authorities.read(Path.of(ca)), null);

        Path empty = Files.writeString(folder.resolve("empty.pem"), "");
        read(
                "upstreams:\n  a: { addresses: https://a, tls: { ca: /gone.pem } }\n"
                        + "  b: { addresses: https://b, tls: { ca: \"" + empty + "\" } }\n",
                Map.of());
        assertThat(errors)
                .satisfiesExactly(
                        a -> assertThat(a).startsWith("upstreams.a.tls.ca: cannot be read"),
                        b -> assertThat(b).startsWith("upstreams.b.tls.ca: there is no certificate in it"));
    }

    @Test
    void aLongFirstTimeMovesTheLongest() throws IOException {
        List<UpstreamOptions> all = read(
                "upstreams:\n  a: { addresses: http://a, ejection: { time: 10m }, circuit: { time: 2m } }\n", Map.of());

        assertThat(errors).isEmpty();
        assertThat(all.get(0).ejection().maxTime()).isEqualTo(Duration.ofMinutes(10));
        assertThat(all.get(0).circuit().maxTime()).isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void everyMistakeIsToldByItsPlace() throws IOException {
        read(
                """
                upstreams:
                  a b: { addresses: http://a }
                  none: { }
                  typo: { addresses: http://a, balanse: round_robin, check: { pth: / } }
                  twice: { addresses: "http://a:80, http://A" }
                  wrong:
                    addresses: "${WRONG_URL}"
                    balance: best
                    keepAlive: soon
                    maxConnections: 0
                    check: { path: health, healthy: 0 }
                    ejection: { time: 10s, maxTime: 5s }
                    retries: { share: 120% }
                    circuit: { probes: 0, share: half }
                """,
                Map.of("WRONG_URL", "http://ok:1,ftp://x"));

        assertThat(errors)
                .containsExactlyInAnyOrder(
                        "upstreams.a b: a name is made of letters, digits, '.', '_' and '-', at most 64",
                        "upstreams.none.addresses: expected at least one value",
                        "upstreams.typo.balanse: unknown setting; did you mean balance?",
                        "upstreams.typo.check.pth: unknown setting; did you mean path?",
                        "upstreams.twice.addresses: the same address is there twice",
                        "upstreams.wrong.addresses (WRONG_URL): expected addresses such as http://127.0.0.1:5001 or"
                                + " https://host, without a path (a route's rewrite has one), got \"ftp://x\"",
                        "upstreams.wrong.balance: expected one of round_robin, least_requests, got \"best\"",
                        "upstreams.wrong.keepAlive: expected a duration such as 500ms, 15s or 2m, from 1ms to 1d, got"
                                + " \"soon\"",
                        "upstreams.wrong.maxConnections: expected a number from 1 to 100000, got \"0\"",
                        "upstreams.wrong.check.path: expected a path such as /health, got \"health\"",
                        "upstreams.wrong.check.healthy: expected a number from 1 to 100, got \"0\"",
                        "upstreams.wrong.ejection.maxTime: expected a duration such as 500ms, 15s or 2m, from 10s to"
                                + " 1h, got \"5s\"",
                        "upstreams.wrong.retries.share: expected a share from 0% to 100%, got \"120%\"",
                        "upstreams.wrong.circuit.probes: expected a number from 1 to 100, got \"0\"",
                        "upstreams.wrong.circuit.share: expected a share from 0% to 100%, got \"half\"");
    }

    @ParameterizedTest
    @CsvSource({
        "http://auth:5001, http://auth:5001",
        "https://Auth.Example.org/, https://auth.example.org:443",
        "http://auth_service, http://auth_service:80",
        "'http://[::1]:8080', 'http://[::1]:8080'"
    })
    void anAddressIsAUrlWithoutAPath(String url, String canonical) {
        Address address = Address.of(url);

        assertThat(address).hasToString(canonical);
        assertThat(Address.of(address.toString())).isEqualTo(address);
        assertThat(address.host()).doesNotContain("[");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "auth:5001",
                "http://",
                "http://a:0",
                "http://a:65536",
                "http://a:123456",
                "http://a/path",
                "http://a?x",
                "http://a b",
                "ws://a",
                "http://::1:80"
            })
    void anythingElseIsNot(String url) {
        assertThatThrownBy(() -> Address.of(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(url);
    }

    @Test
    void aPasswordIsNotRepeated() {
        assertThatThrownBy(() -> Address.of("http://user:hunter2@host")).hasMessageNotContaining("hunter2");
    }

    /** What the section {@code upstreams} of this file says; its mistakes are in {@link #errors}. */
    private List<UpstreamOptions> read(String yaml, Map<String, String> environment) throws IOException {
        Files.writeString(folder.resolve("switchboard.yaml"), yaml);
        List<UpstreamOptions> all = new ArrayList<>();
        try {
            ConfigSource.in(folder, environment).read(root -> {
                all.addAll(UpstreamOptions.all(root.section("upstreams")));
                return root;
            });
        } catch (ConfigException e) {
            // The other sections of the built-in file are nobody's here.
            errors = e.errors().stream()
                    .filter(error -> error.path().startsWith("upstreams"))
                    .map(ConfigError::toString)
                    .toList();
        }
        return all;
    }
}
