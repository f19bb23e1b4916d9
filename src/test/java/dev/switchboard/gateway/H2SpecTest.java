package dev.switchboard.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.switchboard.bus.Handlers;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The cases of h2spec (RFC 7540, the forerunner of RFC 9113, and RFC 7541) against the listener, with TLS and without. */
class H2SpecTest {
    /**
     * Netty does not remember streams that are over: it resets a stream that may be one of them, with {@code STREAM_CLOSED},
     * where h2spec wants the connection to end. What was answered before stands, and nothing of the frame is carried out.
     */
    private static final Set<String> RESET_INSTEAD = Set.of(
            "half closed (remote): Sends a HEADERS frame",
            "closed: Sends a HEADERS frame",
            "Sends stream identifier that is numerically smaller than previous");

    private static final Pattern FAILED = Pattern.compile("× \\d+: (.+)");
    private static final Pattern SUMMARY = Pattern.compile("(\\d+) tests, \\d+ passed, 0 skipped, \\d+ failed");
    private static final int CASES = 146;

    private static final String PROGRAM = "/h2spec/2.2.0/h2spec_linux_amd64.tar.gz";
    private static final int SECONDS = 300;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void unpack() throws Exception {
        assumeThat(System.getProperty("os.name") + ' ' + System.getProperty("os.arch"))
                .as("the machine that h2spec's program is for")
                .isEqualTo("Linux amd64");
        Process tar = new ProcessBuilder("tar", "-xz", "-C", folder.toString()).start();
        try (InputStream packed = Objects.requireNonNull(H2SpecTest.class.getResourceAsStream(PROGRAM));
                OutputStream in = tar.getOutputStream()) {
            packed.transferTo(in);
        }
        assertThat(tar.waitFor()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyCaseHolds(boolean tls, @TempDir Path keys) throws Exception {
        Certificates made = Certificates.make(keys);
        TlsOptions certificate = tls ? new TlsOptions.Pem(made.certificate(), made.key()) : null;
        var gateway = new TestGateway(TestGateway.NO_LIMITS, TestGateway.options(certificate), H2SpecTest::serve);
        try {
            String said = h2spec(gateway.port, tls);
            Matcher summary = SUMMARY.matcher(said);
            assertThat(summary.find()).as(said).isTrue();
            assertThat(Integer.parseInt(summary.group(1))).isEqualTo(CASES);
            assertThat(FAILED.matcher(said).results().map(found -> found.group(1)))
                    .as(said)
                    .isSubsetOf(RESET_INSTEAD);
        } finally {
            gateway.close();
        }
    }

    private static void serve(Handlers handlers) {}

    private static String h2spec(int port, boolean tls) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                folder.resolve("h2spec").toString(),
                "--strict",
                "--port",
                String.valueOf(port),
                "--path",
                "/health/live"));
        if (tls) {
            command.addAll(List.of("--tls", "--insecure"));
        }
        Path said = folder.resolve("said-" + tls);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return Files.readString(said);
    }
}
