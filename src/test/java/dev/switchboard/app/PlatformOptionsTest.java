package dev.switchboard.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.config.ConfigException;
import dev.switchboard.config.ConfigSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PlatformOptionsTest {
    private static final Path MANUAL = Path.of("conf", "switchboard.yaml");

    @Test
    void defaultsNeedNoEnvironment() {
        PlatformOptions options = read(Map.of());

        assertThat(options.node().role()).isEqualTo(NodeOptions.Role.FULL);
        assertThat(options.server().port()).isEqualTo(8080);
        assertThat(options.server().corsOrigins()).isEmpty();
        assertThat(options.database().url()).isNull();
        assertThat(options.auth().jwtSecret()).isNull();
        assertThat(options).isEqualTo(read(Map.of()));
    }

    @Test
    void everyMistakeIsReportedTogether() {
        assertThatThrownBy(() -> read(Map.of(
                        "PORT", "abc", "JWT_SECRET", "short", "DATABASE_URL", "mysql://x", "CLUSTER_TLS", "true")))
                .isInstanceOf(ConfigException.class)
                .message()
                .satisfies(message -> assertThat(message.lines().toList())
                        .containsExactly(
                                "server.port (PORT): expected a number from 0 to 65535, got \"abc\"",
                                "database.url (DATABASE_URL): expected postgres://user:password@host:5432/name",
                                "cluster.tls.keyStore (CLUSTER_TLS_KEY_STORE): expected a file, because tls is enabled",
                                "cluster.tls.trustStore (CLUSTER_TLS_TRUST_STORE): expected a file, because tls is enabled",
                                "auth.jwtSecret (JWT_SECRET): expected at least 32 bytes, got 5"));
    }

    @Test
    void issuersAreCheckedBeforeAnythingStarts() {
        assertThatThrownBy(() -> read(Map.of("JWKS_URL", "ftp://keys", "JWT_ACCEPTED_SECRETS", "short")))
                .isInstanceOf(ConfigException.class)
                .message()
                .satisfies(message -> assertThat(message.lines().toList())
                        .containsExactlyInAnyOrder(
                                "auth.acceptedSecrets (JWT_ACCEPTED_SECRETS): expected at least 32 bytes each",
                                "auth.jwks.url (JWKS_URL): expected an address with https:// or http://",
                                "auth.jwks.issuer (JWKS_ISSUER): expected the value of iss in the tokens whose keys"
                                        + " these are"));
    }

    @Test
    void everyValueOfTheManualIsAVariableOfItsOwn() throws IOException {
        List<String> values = Files.readAllLines(MANUAL).stream()
                .filter(line -> line.matches("\\s+\\w+: .*"))
                .toList();
        List<String> variables = Pattern.compile("\\$\\{(\\w+):")
                .matcher(Files.readString(MANUAL).replaceAll("(?m)^\\s*#.*$", ""))
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();

        assertThat(values).isNotEmpty().allMatch(line -> line.matches("\\s+\\w+: \\$\\{[A-Z0-9_]+:.*}"));
        assertThat(variables).hasSameSizeAs(values).doesNotHaveDuplicates();
    }

    private static PlatformOptions read(Map<String, String> environment) {
        return ConfigSource.in(MANUAL.getParent(), environment).read(PlatformOptions::from);
    }
}
