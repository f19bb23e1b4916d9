package dev.switchboard;

import dev.switchboard.app.Logging;
import dev.switchboard.app.Node;
import dev.switchboard.app.PlatformOptions;
import dev.switchboard.config.ConfigException;
import dev.switchboard.config.ConfigSource;
import dev.switchboard.config.Reading;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The program: {@code java -jar switchboard.jar [--conf DIR|FILE] [--check-config] [--print-config] [--version] [--help]}. */
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);
    private static final int EXIT_FAILED = 1;
    private static final int EXIT_USAGE = 2;

    private static final String USAGE =
            """
            Usage: java -jar switchboard.jar [options]
              --conf DIR       read switchboard.yaml and routes.yaml (and cluster.xml) from this folder; default: conf
              --conf FILE      read this one file, with any of their settings
              --check-config   read the configuration, report every mistake, start nothing
              --print-config   the same, and print every value with its source; secrets are masked
              --version        print the version
              --help           print this
            Every setting can also be given by its environment variable, for example PORT=8081.
            """;

    private Main() {}

    private record Arguments(@Nullable Path conf, boolean checkOnly, boolean print, boolean version, boolean help) {
        static Arguments parse(String[] args) {
            Path conf = null;
            boolean checkOnly = false;
            boolean print = false;
            boolean version = false;
            boolean help = false;
            for (int i = 0; i < args.length; i++) {
                switch (args[i]) {
                    case "--conf" -> {
                        if (++i == args.length) {
                            throw new IllegalArgumentException("--conf needs a folder or a file");
                        }
                        conf = Path.of(args[i]);
                    }
                    case "--check-config" -> checkOnly = true;
                    case "--print-config" -> print = true;
                    case "--version" -> version = true;
                    case "--help", "-h" -> help = true;
                    default -> throw new IllegalArgumentException("unknown option " + args[i]);
                }
            }
            return new Arguments(conf, checkOnly, print, version, help);
        }
    }

    public static void main(String[] args) {
        System.exit(run(args, System.out, System.err));
    }

    /** Runs until the process is told to stop; returns the exit code. */
    static int run(String[] args, PrintStream out, PrintStream err) {
        Arguments arguments;
        try {
            arguments = Arguments.parse(args);
        } catch (IllegalArgumentException e) {
            err.println("switchboard: " + e.getMessage());
            err.print(USAGE);
            return EXIT_USAGE;
        }
        if (arguments.help()) {
            out.print(USAGE);
            return 0;
        }
        if (arguments.version()) {
            out.println("Switchboard " + version());
            return 0;
        }
        try {
            ConfigSource source = ConfigSource.in(arguments.conf(), System.getenv());
            Reading<PlatformOptions> settings = source.read(source.texts(), PlatformOptions::from);
            if (arguments.print()) {
                print(settings, out);
                return 0;
            }
            if (arguments.checkOnly()) {
                out.println("The configuration is good.");
                return 0;
            }
            Logging.apply(settings.options().log());
            serve(settings, source, out);
            return 0;
        } catch (ConfigException e) {
            e.getMessage().lines().forEach(line -> err.println("switchboard: " + line));
            return EXIT_FAILED;
        } catch (RuntimeException e) {
            LOG.error("Not started", e);
            err.println("switchboard: could not start: " + e);
            return EXIT_FAILED;
        }
    }

    private static void serve(Reading<PlatformOptions> settings, ConfigSource source, PrintStream out) {
        CompletableFuture<Node> starting = new CompletableFuture<>();
        CountDownLatch stopped = new CountDownLatch(1);
        // Before the start: who is told to stop while starting must not leave a database behind.
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            starting.handle((node, failure) -> node)
                                    .thenAccept(Main::close)
                                    .join();
                            stopped.countDown();
                        },
                        "stop"));
        try {
            Node node = Node.start(settings.options(), source.folder());
            node.follow(source, settings);
            out.println(node.describe(version()));
            starting.complete(node);
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            starting.cancel(false);
        }
    }

    /** In YAML, with the source of each value beside it. */
    private static void print(Reading<?> settings, PrintStream out) {
        settings.settings()
                .forEach(setting -> out.printf("%s: %s  # %s%n", setting.path(), setting.value(), setting.source()));
    }

    private static void close(@Nullable Node node) {
        if (node != null) {
            LOG.info("Stopping");
            node.close();
            LOG.info("Stopped.");
        }
    }

    private static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
