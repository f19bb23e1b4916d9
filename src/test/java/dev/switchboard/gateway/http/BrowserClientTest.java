package dev.switchboard.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the unit tests of {@code switchboard.js} in Node. */
class BrowserClientTest {
    private static final Path TESTS = Path.of("src", "test", "js");
    private static final int OLDEST_NODE = 20;

    @TempDir
    Path folder;

    private record Ended(int code, String output) {}

    private Ended run(List<String> command) throws IOException, InterruptedException {
        Path log = folder.resolve("output.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            process.destroyForcibly();
        }
        return new Ended(process.waitFor(), Files.readString(log));
    }

    /** The major version, 0 without Node. */
    private int node() throws InterruptedException {
        try {
            String version = run(List.of("node", "--version")).output().strip();
            return version.matches("v\\d+\\..*") ? Integer.parseInt(version.substring(1, version.indexOf('.'))) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    @Test
    void theClientKeepsItsPromises() throws Exception {
        assumeTrue(node() >= OLDEST_NODE, "Skipped: there is no Node " + OLDEST_NODE + " here to run the client in");
        List<String> command = new ArrayList<>(List.of("node", "--test", "--test-reporter=tap"));
        try (Stream<Path> files = Files.list(TESTS)) {
            files.map(Path::toString)
                    .filter(file -> file.endsWith(".test.js"))
                    .sorted()
                    .forEach(command::add);
        }

        Ended ended = run(command);

        assertThat(ended.output()).containsPattern("(?m)^# pass [1-9]").containsPattern("(?m)^# fail 0$");
        assertThat(ended.code()).as(ended.output()).isZero();
    }
}
