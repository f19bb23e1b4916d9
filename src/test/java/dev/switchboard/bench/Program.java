package dev.switchboard.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How each of the benchmarks begins and ends as a program. */
final class Program {
    private static final int EXIT_FAILED = 1;
    private static final int EXIT_USAGE = 2;

    private Program() {}

    /** What it is for. */
    interface Work {
        /** @throws IllegalArgumentException with what was not understood in the arguments */
        void run(String... args) throws IOException, InterruptedException;
    }

    /** @return the exit code */
    static int run(String usage, Work work, String... args) {
        if (List.of(args).contains("--help")) {
            System.out.print(usage);
            return 0;
        }
        try {
            work.run(args);
            return 0;
        } catch (IllegalArgumentException e) {
            System.err.println("bench: " + e.getMessage());
            System.err.print(usage);
            return EXIT_USAGE;
        } catch (RuntimeException | IOException | InterruptedException e) {
            System.err.println("bench: " + e.getMessage());
            e.printStackTrace();
            return EXIT_FAILED;
        }
    }

    /** Keeps the figures. */
    static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
            System.out.println("Written to " + file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
