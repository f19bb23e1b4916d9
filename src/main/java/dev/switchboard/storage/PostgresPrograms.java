package dev.switchboard.storage;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** PostgreSQL's own programs, run for the database in one folder. Blocking. */
final class PostgresPrograms {
    private final Path home;
    private final Path folder;

    /**
     * @param home where {@code bin} is
     * @param folder where their output is kept
     */
    PostgresPrograms(Path home, Path folder) {
        this.home = home;
        this.folder = folder;
    }

    /** Where the server itself writes what it has to say. */
    Path serverLog() {
        return folder.resolve("postgres.log");
    }

    /** @throws IOException with the last line of its output when it fails */
    void run(String program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            // PostgreSQL refuses to be root. In a user namespace it is nobody, and the files are still its own.
            command.addAll(List.of("unshare", "-U"));
        }
        command.add(home.resolve("bin").resolve(program).toString());
        command.addAll(Arrays.asList(arguments));
        // Files, not pipes: the server inherits them and lives on.
        File output = folder.resolve(program + ".log").toFile();
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output);
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        try {
            int exitCode = builder.start().waitFor();
            if (exitCode != 0) {
                throw new IOException(program + " failed: " + lastLine(output.toPath()) + " (see " + serverLog() + ")");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static boolean isRoot() throws IOException {
        Path self = Path.of("/proc/self");
        return Files.exists(self) && Integer.valueOf(0).equals(Files.getAttribute(self, "unix:uid"));
    }

    private static String lastLine(Path file) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> !line.isBlank()).reduce("no output", (a, b) -> b);
        }
    }
}
