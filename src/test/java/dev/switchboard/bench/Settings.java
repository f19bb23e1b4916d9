package dev.switchboard.bench;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one run does.
 *
 * @param targets ids of the servers to measure
 * @param parts what to measure
 * @param seconds how long each level is measured
 * @param clients in the room of the fan-out
 * @param idleClients for memory
 * @param output the document to write, or null to print only
 * @param serverCore the core that servers run on; the generator has been given another
 */
record Settings(
        List<String> targets,
        Set<Figures.Part> parts,
        double seconds,
        int clients,
        int idleClients,
        @Nullable Path output,
        int serverCore) {
    static final List<String> ALL = List.of(Peers.ROOF, "bridge", "socketio", "switchboard");

    static final String USAGE =
            """
            Usage: bench/run [options]
              --only NAMES     of relay, bridge, socketio, switchboard, with commas between; default: all
              --parts NAMES    of fanout, durable, memory; default: all
              --quick          short levels and few idle connections, prints only: to see that it works
              --output FILE    write the figures here; default: docs/benchmarks.md when all are measured
              --server-core N  default: 0; the generator and the database run on another
              --help           this
            """;

    private static final double LEVEL_SECONDS = 5;
    private static final double QUICK_LEVEL_SECONDS = 1;
    private static final int CLIENTS = 1_000;
    private static final int IDLE_CLIENTS = 10_000;
    private static final int QUICK_IDLE_CLIENTS = 1_000;
    private static final Path DOCUMENT = Path.of("docs", "benchmarks.md");

    /** @throws IllegalArgumentException with what was not understood */
    static Settings parse(String... args) {
        List<String> targets = ALL;
        Set<Figures.Part> parts = EnumSet.allOf(Figures.Part.class);
        boolean quick = false;
        @Nullable Path output = null;
        int serverCore = 0;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--quick" -> quick = true;
                case "--only" -> targets = known(value(args, ++i));
                case "--parts" -> parts = named(value(args, ++i));
                case "--output" -> output = Path.of(value(args, ++i));
                case "--server-core" -> serverCore = Integer.parseInt(value(args, ++i));
                default -> throw new IllegalArgumentException("unknown option " + args[i]);
            }
        }
        if (output == null && !quick && targets.equals(ALL) && parts.size() == Figures.Part.values().length) {
            output = DOCUMENT;
        }
        return new Settings(
                targets,
                parts,
                quick ? QUICK_LEVEL_SECONDS : LEVEL_SECONDS,
                CLIENTS,
                quick ? QUICK_IDLE_CLIENTS : IDLE_CLIENTS,
                output,
                serverCore);
    }

    static String value(String[] args, int index) {
        if (index == args.length) {
            throw new IllegalArgumentException(args[index - 1] + " needs a value");
        }
        return args[index];
    }

    private static Set<Figures.Part> named(String names) {
        Set<Figures.Part> parts = EnumSet.noneOf(Figures.Part.class);
        for (String name : List.of(names.toUpperCase(Locale.ROOT).split(",", -1))) {
            parts.add(Figures.Part.valueOf(name));
        }
        return parts;
    }

    private static List<String> known(String names) {
        List<String> list = List.of(names.toLowerCase(Locale.ROOT).split(",", -1));
        list.stream().filter(name -> !ALL.contains(name)).findFirst().ifPresent(name -> {
            throw new IllegalArgumentException("unknown server " + name);
        });
        return list;
    }
}
