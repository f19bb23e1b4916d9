package dev.switchboard.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Measures Switchboard and its peers in one run. Started by {@code bench/run}, which pins it to a core. */
public final class Benchmark {

    /** Files that this process has open besides its clients. */
    private static final int OTHER_FILES = 500;

    private static final Path WORK_DIR = Path.of("target", "bench");
    private static final Path JAR = Path.of("target", "switchboard.jar");

    private final Settings settings;
    private final List<String> skipped = new ArrayList<>();

    private Benchmark(Settings settings) {
        this.settings = settings;
    }

    public static void main(String[] args) {
        System.exit(Program.run(Settings.USAGE, arguments -> new Benchmark(Settings.parse(arguments)).run(), args));
    }

    private void run() {
        requireFiles(Math.max(settings.clients(), settings.idleClients()) + OTHER_FILES);
        Tokens tokens = new Tokens();
        List<Figures> all = new ArrayList<>();
        String databaseVersion;
        try (BenchDatabase database = BenchDatabase.open(WORK_DIR.resolve("data"), tokens);
                Loop loop = new Loop()) {
            databaseVersion = database.version();
            for (String id : settings.targets()) {
                Optional<Target> target = target(id, tokens, database);
                target.ifPresent(found -> all.add(Figures.measure(found, loop, settings)));
            }
        }
        Report report = new Report(settings, all, skipped, databaseVersion);
        System.out.println();
        System.out.println(report.table() + "\n" + report.ratios());
        if (settings.output() != null) {
            Program.write(settings.output(), report.document());
        }
    }

    private Optional<Target> target(String id, Tokens tokens, BenchDatabase database) {
        return switch (id) {
            case "switchboard" -> Optional.of(new Switchboard(JAR, WORK_DIR, tokens, database));
            case "bridge" -> Optional.of(Peers.vertxBridge(WORK_DIR, Machine.library("io.vertx", "vertx-web")));
            case "relay" -> Optional.of(Peers.relay(WORK_DIR));
            default -> socketIo();
        };
    }

    private Optional<Target> socketIo() {
        Path folder = WORK_DIR.resolve("socketio");
        Path installed = folder.resolve("node_modules").resolve("socket.io");
        if (Files.isDirectory(installed)) {
            return Optional.of(Peers.socketIo(WORK_DIR, folder, Machine.npmPackage(installed)));
        }
        String skip = "Socket.IO: skipped, because Node.js or npm is missing or could not install it.";
        System.out.println(skip);
        skipped.add(skip);
        return Optional.empty();
    }

    private static void requireFiles(int needed) {
        String limit = Machine.firstLine("0", "bash", "-c", "ulimit -n");
        if (!limit.equals("unlimited") && Integer.parseInt(limit) < needed) {
            throw new IllegalStateException(
                    "a process may open " + limit + " files here, but " + needed + " are needed; raise `ulimit -n`");
        }
    }
}
