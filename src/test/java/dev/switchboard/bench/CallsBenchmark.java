package dev.switchboard.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Measures calls in a cluster on this machine. Started by {@code bench/calls}. */
public final class CallsBenchmark {
    private static final int EXIT_FAILED = 1;
    private static final int EXIT_USAGE = 2;
    private static final Path WORK_DIR = Path.of("target", "bench", "calls");
    private static final Path JAR = Path.of("target", "switchboard.jar");

    private CallsBenchmark() {}

    public static void main(String[] args) {
        System.exit(start(args));
    }

    private static int start(String... args) {
        if (List.of(args).contains("--help")) {
            System.out.print(CallsSettings.USAGE);
            return 0;
        }
        try {
            run(CallsSettings.parse(args));
            return 0;
        } catch (IllegalArgumentException e) {
            System.err.println("bench: " + e.getMessage());
            System.err.print(CallsSettings.USAGE);
            return EXIT_USAGE;
        } catch (RuntimeException e) {
            System.err.println("bench: " + e.getMessage());
            e.printStackTrace();
            return EXIT_FAILED;
        }
    }

    private static void run(CallsSettings settings) {
        List<CallFigures> all = new ArrayList<>();
        Tokens tokens = new Tokens();
        try (BenchDatabase database = BenchDatabase.open(WORK_DIR.resolve("data"), tokens);
                Loop loop = new Loop()) {
            for (int count : settings.nodes()) {
                try (CallNodes nodes = new CallNodes(count, JAR, WORK_DIR, tokens, database, settings.jvmFlags())) {
                    all.add(CallFigures.measure(nodes, loop, database, settings));
                    System.out.println(all.get(all.size() - 1));
                }
            }
        }
        Path output = settings.output();
        if (output != null) {
            write(output, new CallsReport(settings, all).document());
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
            System.out.println("Written to " + file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
