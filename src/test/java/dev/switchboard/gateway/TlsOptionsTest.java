package dev.switchboard.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigError;
import dev.switchboard.config.ConfigException;
import dev.switchboard.config.ConfigSource;
import dev.switchboard.config.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The section {@code server.tls}: what it may say, and how its mistakes are told. */
class TlsOptionsTest {
    @TempDir
    private Path folder;

    private List<String> errors = List.of();

    private @Nullable TlsOptions read(Map<String, String> environment) throws IOException {
        Files.writeString(folder.resolve("switchboard.yaml"), "server: {}");
        var read = new AtomicReference<@Nullable TlsOptions>();
        try {
            ConfigSource.in(folder, environment).read(root -> {
                read.set(TlsOptions.from(root.section("server").section("tls")));
                return root;
            });
        } catch (ConfigException e) {
            // The rest of the file is nobody's here.
            errors = e.errors().stream()
                    .filter(error -> error.path().startsWith("server.tls"))
                    .map(ConfigError::toString)
                    .toList();
        }
        return read.get();
    }

    @Test
    void withoutFilesThereIsNone() throws Exception {
        assertThat(read(Map.of())).isNull();
        assertThat(errors).isEmpty();
    }

    @Test
    void filesInPem() throws Exception {
        Certificates made = Certificates.make(folder);

        assertThat(read(Map.of("TLS_CERTIFICATE", made.certificate(), "TLS_KEY", made.key())))
                .isEqualTo(new TlsOptions.Pem(made.certificate(), made.key()));
        assertThat(errors).isEmpty();
    }

    @Test
    void aStore() throws Exception {
        Certificates made = Certificates.make(folder);

        assertThat(read(Map.of("TLS_KEY_STORE", made.store(), "TLS_KEY_STORE_PASSWORD", Certificates.PASSWORD)))
                .isEqualTo(new TlsOptions.Store(made.store(), new Secret(Certificates.PASSWORD)));
        assertThat(errors).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "TLS_CERTIFICATE=CRT,server.tls.key,both are needed",
        "TLS_KEY=KEY,server.tls.certificate,both are needed",
        "TLS_CERTIFICATE=none.crt TLS_KEY=KEY,server.tls.certificate,cannot be read",
        "TLS_CERTIFICATE=CRT TLS_KEY=none.key,server.tls.key,cannot be read",
        "TLS_CERTIFICATE=KEY TLS_KEY=KEY,server.tls.certificate,",
        "TLS_CERTIFICATE=CRT TLS_KEY=CRT,server.tls.key,no unencrypted key",
        "TLS_KEY_STORE=none.p12 TLS_KEY_STORE_PASSWORD=changeit,server.tls.keyStore,cannot be opened",
        "TLS_KEY_STORE=STORE TLS_KEY_STORE_PASSWORD=wrong,server.tls.keyStore,cannot be opened",
        "TLS_KEY_STORE=STORE,server.tls.keyStore,cannot be opened",
        "TLS_KEY_STORE=STORE TLS_KEY_STORE_PASSWORD=changeit TLS_KEY=KEY,server.tls.keyStore,either a store"
    })
    void mistakesAreTold(String environment, String path, @Nullable String problem) throws Exception {
        Certificates made = Certificates.make(folder);
        Map<String, String> variables = new java.util.HashMap<>();
        for (String setting : environment.split(" ", -1)) {
            String[] pair = setting.split("=", 2);
            variables.put(
                    pair[0],
                    pair[1].replace("CRT", made.certificate())
                            .replace("KEY", made.key())
                            .replace("STORE", made.store()));
        }
        read(variables);

        assertThat(errors).singleElement().asString().contains(path).contains(problem == null ? "" : problem);
        assertThat(errors.toString()).doesNotContain(Certificates.PASSWORD);
    }

    @Test
    void aFileThatIsNoCertificateIsTold() throws Exception {
        Path file = Files.writeString(folder.resolve("empty.crt"), "");
        Certificates made = Certificates.make(folder);
        read(Map.of("TLS_CERTIFICATE", file.toString(), "TLS_KEY", made.key()));

        assertThat(errors).singleElement().asString().contains("server.tls.certificate");
    }
}
