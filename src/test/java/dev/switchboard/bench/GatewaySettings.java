package dev.switchboard.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What one run of the gateway's benchmark does.
 *
 * @param proxies ids of what is measured
 * @param seconds how long each load is measured
 * @param warmUpSeconds of Switchboard, under full load
 * @param jvmFlags more flags for Switchboard's JVM
 * @param sockets WebSockets to hold
 * @param output the document to write, or null to print only
 * @param serverCore the core of what is measured; everything else has been given another
 */
record GatewaySettings(
        List<String> proxies,
        boolean stream,
        boolean holds,
        double seconds,
        double warmUpSeconds,
        List<String> jvmFlags,
        int sockets,
        @Nullable Path output,
        int serverCore) {
    static final List<String> ALL = List.of(
            GatewayBenchmark.DIRECT,
            "nginx",
            "haproxy",
            "http-proxy-middleware",
            "fastify",
            "switchboard",
            "switchboard-redis");

    static final String USAGE =
            """
            Usage: bench/gateway [options]
              --only NAMES     of direct, nginx, haproxy, http-proxy-middleware, fastify, switchboard, switchboard-redis,
                               stream, sockets, with commas between; default: all
              --quick          short loads and few sockets, prints only: to see that it works
              --sockets N      WebSockets to hold; default: 20000, or what the limit of open files allows
              --warm-up N      seconds that Switchboard is under full load before it is measured; default: 30
              --jvm-flags F    more flags for Switchboard's JVM, with spaces between, for example to record a profile
              --output FILE    write the figures here; default: docs/benchmarks-gateway.md when all are measured
              --server-core N  default: 0; everything else runs on another
              --help           this
            """;

    private static final double SECONDS = 5;
    private static final double QUICK_SECONDS = 1;
    private static final double WARM_UP_SECONDS = 30;
    private static final int SOCKETS = 20_000;
    private static final int QUICK_SOCKETS = 1_000;
    private static final Path DOCUMENT = Path.of("docs", "benchmarks-gateway.md");

    /** @throws IllegalArgumentException with what was not understood */
    static GatewaySettings parse(String... args) {
        List<String> only = List.of();
        boolean quick = false;
        int sockets = 0;
        double warmUp = 0;
        List<String> flags = List.of();
        @Nullable Path output = null;
        int serverCore = 0;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--quick" -> quick = true;
                case "--only" -> only = known(Settings.value(args, ++i));
                case "--sockets" -> sockets = Integer.parseInt(Settings.value(args, ++i));
                case "--warm-up" -> warmUp = Double.parseDouble(Settings.value(args, ++i));
                case "--jvm-flags" -> flags = List.of(Settings.value(args, ++i).split(" ", -1));
                case "--output" -> output = Path.of(Settings.value(args, ++i));
                case "--server-core" -> serverCore = Integer.parseInt(Settings.value(args, ++i));
                default -> throw new IllegalArgumentException("unknown option " + args[i]);
            }
        }
        if (output == null && !quick && only.isEmpty()) {
            output = DOCUMENT;
        }
        int held = sockets > 0 ? sockets : quick ? QUICK_SOCKETS : SOCKETS;
        return new GatewaySettings(
                only.isEmpty() ? ALL : ALL.stream().filter(only::contains).toList(),
                only.isEmpty() || only.contains("stream"),
                only.isEmpty() || only.contains("sockets"),
                quick ? QUICK_SECONDS : SECONDS,
                warmUp > 0 ? warmUp : quick ? QUICK_SECONDS : WARM_UP_SECONDS,
                flags,
                held,
                output,
                serverCore);
    }

    private static List<String> known(String names) {
        List<String> list = List.of(names.toLowerCase(Locale.ROOT).split(",", -1));
        list.stream()
                .filter(name -> !ALL.contains(name) && !name.equals("stream") && !name.equals("sockets"))
                .findFirst()
                .ifPresent(name -> {
                    throw new IllegalArgumentException("unknown name " + name);
                });
        return list;
    }
}
