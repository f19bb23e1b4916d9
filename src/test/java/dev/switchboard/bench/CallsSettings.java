package dev.switchboard.bench;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one run of the benchmark of calls does.
 *
 * @param nodes how many there are in the cluster
 * @param rate calls begun a second
 * @param seconds how long that is measured
 * @param warmUpSeconds of each step of the warming up
 * @param held calls that are held at once
 * @param jvmFlags more flags for the nodes' JVMs
 * @param output the document to write, or null to print only
 */
record CallsSettings(
        List<Integer> nodes,
        int rate,
        double seconds,
        double warmUpSeconds,
        int held,
        List<String> jvmFlags,
        @Nullable Path output) {
    static final String USAGE =
            """
            Usage: bench/calls [options]
              --nodes N,N      sizes of the clusters to measure; default: 2,3
              --rate N         calls begun a second; default: 200
              --held N         calls held at once; default: 2000
              --quick          short and few, prints only: to see that it works
              --jvm-flags F    more flags for the nodes' JVMs, with spaces between, for example to record a profile
              --output FILE    write the figures here; default: docs/benchmarks-calls.md unless an option says otherwise
              --help           this
            """;

    private static final int RATE = 200;
    private static final int HELD = 2_000;
    private static final int QUICK_HELD = 200;
    private static final double SECONDS = 20;
    private static final double QUICK_SECONDS = 3;
    private static final Path DOCUMENT = Path.of("docs", "benchmarks-calls.md");

    /** @throws IllegalArgumentException with what was not understood */
    static CallsSettings parse(String... args) {
        List<Integer> nodes = List.of(2, 3);
        boolean quick = false;
        int rate = RATE;
        int held = 0;
        List<String> flags = List.of();
        @Nullable Path output = args.length == 0 ? DOCUMENT : null;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--quick" -> quick = true;
                case "--nodes" ->
                    nodes = List.of(Settings.value(args, ++i).split(",", -1)).stream()
                            .map(Integer::valueOf)
                            .toList();
                case "--rate" -> rate = Integer.parseInt(Settings.value(args, ++i));
                case "--held" -> held = Integer.parseInt(Settings.value(args, ++i));
                case "--jvm-flags" -> flags = List.of(Settings.value(args, ++i).split(" ", -1));
                case "--output" -> output = Path.of(Settings.value(args, ++i));
                default -> throw new IllegalArgumentException("unknown option " + args[i]);
            }
        }
        double seconds = quick ? QUICK_SECONDS : SECONDS;
        return new CallsSettings(
                nodes, rate, seconds, seconds / 2, held > 0 ? held : quick ? QUICK_HELD : HELD, flags, output);
    }
}
