package dev.switchboard.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Measures calls in a cluster on this machine. Started by {@code bench/calls}. */
public final class CallsBenchmark {
    private static final Path WORK_DIR = Path.of("target", "bench", "calls");
    private static final Path JAR = Path.of("target", "switchboard.jar");

    private CallsBenchmark() {}

    public static void main(String[] args) {
        System.exit(Program.run(CallsSettings.USAGE, arguments -> run(CallsSettings.parse(arguments)), args));
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
            Program.write(output, new CallsReport(settings, all).document());
        }
    }
}
