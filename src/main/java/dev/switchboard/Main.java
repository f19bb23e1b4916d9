package dev.switchboard;

import dev.switchboard.app.Logging;
import dev.switchboard.app.Node;
import dev.switchboard.app.PlatformOptions;
import dev.switchboard.config.ConfigException;
import dev.switchboard.config.ConfigSource;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The program: {@code java -jar switchboard.jar [--conf DIR|FILE] [--check-config] [--version] [--help]}. */
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
              --version        print the version
              --help           print this
            Every setting can also be given by its environment variable, for example PORT=8081.
            """;

    private Main() {}

    private record Arguments(@Nullable Path conf, boolean checkOnly, boolean version, boolean help) {
        static Arguments parse(String[] args) {
            Path conf = null;
            boolean checkOnly = false;
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
                    case "--version" -> version = true;
                    case "--help", "-h" -> help = true;
                    default -> throw new IllegalArgumentException("unknown option " + args[i]);
                }
            }
            return new Arguments(conf, checkOnly, version, help);
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
            PlatformOptions options = source.read(PlatformOptions::from);
            if (arguments.checkOnly()) {
                out.println("The configuration is good.");
                return 0;
            }
            Logging.apply(options.log());
            serve(options, source.folder(), out);
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

    private static void serve(PlatformOptions options, @Nullable Path conf, PrintStream out) {
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
            Node node = Node.start(options, conf);
            out.println(node.describe(version()));
            starting.complete(node);
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            starting.cancel(false);
        }
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
