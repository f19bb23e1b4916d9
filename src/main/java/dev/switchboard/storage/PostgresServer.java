package dev.switchboard.storage;

import dev.switchboard.config.KeptSecret;
import dev.switchboard.config.Secret;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The PostgreSQL of one folder: made, started, found again, stopped. It listens on the loopback address alone and asks for
 * a password that is kept in the folder. It is a process of its own that outlives the one which started it. Blocking; one
 * caller on the machine at a time.
 */
final class PostgresServer {
    static final String USER = "switchboard";
    static final String DATABASE = "switchboard";

    private static final Logger LOG = LoggerFactory.getLogger(PostgresServer.class);
    private static final int START_SECONDS = 60;
    private static final int STOP_SECONDS = 30;
    private static final int START_TRIES = 3;
    private static final String NO_SUCH_DATABASE = "3D000";

    private static final List<String> SETTINGS = List.of(
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "fsync=on",
            "synchronous_commit=on",
            "max_connections=200",
            "max_parallel_workers_per_gather=0",
            "jit=off",
            "log_checkpoints=off",
            // Above ERROR: rejected duplicates are daily business, and statements hold what people wrote.
            "log_min_messages=log");

    private final Path folder;
    private final Path data;
    private final Path home;
    private final Secret password;

    /** Unpacks the programs and makes the cluster if they are not there yet. */
    PostgresServer(Path folder) throws IOException {
        this.folder = folder;
        data = folder.resolve("data");
        home = PostgresBinaries.unpack(folder);
        password = KeptSecret.in(passwordFile());
        if (!Files.exists(data)) {
            makeCluster();
        }
    }

    /** Finds it running or starts it. @return the port that it listens on */
    int ensureRunning() throws IOException {
        Integer port = awaitRunning();
        if (port == null) {
            port = start();
        }
        return port;
    }

    /** Ends sessions and stops; everything committed is kept. */
    void stop() throws IOException {
        run("pg_ctl", "-D", data.toString(), "-m", "fast", "-w", "-t", String.valueOf(STOP_SECONDS), "stop");
    }

    Secret password() {
        return password;
    }

    private void makeCluster() throws IOException {
        LOG.info("Making the embedded database in {}", data);
        Path draft = folder.resolve("data.new");
        deleteRecursively(draft); // of somebody who died in the middle
        run(
                "initdb",
                "-D",
                draft.toString(),
                "-U",
                USER,
                "-A",
                "scram-sha-256",
                "--pwfile=" + passwordFile(),
                "-E",
                "UTF8",
                "--locale=C");
        Files.move(draft, data, StandardCopyOption.ATOMIC_MOVE);
    }

    private int start() throws IOException {
        for (int attempt = 1; ; attempt++) {
            int port = attempt == 1 ? preferredPort() : freePort(0).orElseThrow();
            StringBuilder options = new StringBuilder("-p " + port);
            SETTINGS.forEach(setting -> options.append(" -c ").append(setting));
            try {
                run(
                        "pg_ctl",
                        "-D",
                        data.toString(),
                        "-l",
                        logFile().toString(),
                        "-w",
                        "-t",
                        String.valueOf(START_SECONDS),
                        "-o",
                        options.toString(),
                        "start");
                createDatabase(port);
                Files.writeString(portFile(), port + "\n");
                return port;
            } catch (IOException e) {
                // Somebody may have taken the port between the question and the start.
                if (attempt == START_TRIES) {
                    throw e;
                }
                LOG.debug("PostgreSQL did not start on port {}", port, e);
            }
        }
    }

    /** The port of the running server, after waiting for one that is about to start or stop; null when none runs. */
    private @Nullable Integer awaitRunning() throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (Files.exists(pidFile())) {
            List<String> lines = Files.readAllLines(pidFile());
            if (lines.size() > 3 && createDatabase(Integer.parseInt(lines.get(3).strip()))) {
                return Integer.valueOf(lines.get(3).strip());
            }
            ProcessHandle process =
                    lines.isEmpty() ? null : process(lines.get(0).strip());
            if (process == null || !isOurs(process)) {
                if (process != null && process.info().command().isPresent()) {
                    // After a crash of the machine another program may bear the number; PostgreSQL would shy away from
                    // it.
                    Files.deleteIfExists(pidFile());
                }
                return null;
            }
            if (System.nanoTime() > deadline) {
                throw new IOException("process " + process.pid() + " does not answer; see " + logFile());
            }
            awaitExit(process);
        }
        return null;
    }

    private static @Nullable ProcessHandle process(String pid) {
        return ProcessHandle.of(Long.parseLong(pid))
                .filter(ProcessHandle::isAlive)
                .orElse(null);
    }

    private boolean isOurs(ProcessHandle process) {
        return process.info()
                .command()
                .filter(command -> command.startsWith(folder.toString()))
                .isPresent();
    }

    private static void awaitExit(ProcessHandle process) throws IOException {
        try {
            process.onExit().get(100, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            // Still alive; it may accept connections by now.
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Whether a server answers there with our password; the database is made when it is missing. */
    private boolean createDatabase(int port) throws IOException {
        try (Connection connection = dataSource(port, DATABASE).getConnection()) {
            return connection.isValid(START_SECONDS);
        } catch (SQLException e) {
            if (!NO_SUCH_DATABASE.equals(e.getSQLState())) {
                return false;
            }
        }
        try (Connection connection = dataSource(port, "postgres").getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + DATABASE);
            return true;
        } catch (SQLException e) {
            throw new IOException("cannot create the database: " + e.getMessage(), e);
        }
    }

    private PGSimpleDataSource dataSource(int port, String database) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setServerNames(new String[] {"127.0.0.1"});
        source.setPortNumbers(new int[] {port});
        source.setDatabaseName(database);
        source.setUser(USER);
        source.setPassword(password.value());
        source.setLoginTimeout(START_SECONDS);
        return source;
    }

    private int preferredPort() throws IOException {
        if (Files.exists(portFile())) {
            Optional<Integer> kept =
                    freePort(Integer.parseInt(Files.readString(portFile()).strip()));
            if (kept.isPresent()) {
                return kept.get();
            }
        }
        return freePort(0).orElseThrow();
    }

    private static Optional<Integer> freePort(int wanted) {
        try (ServerSocket socket = new ServerSocket(wanted, 1, InetAddress.getLoopbackAddress())) {
            return Optional.of(socket.getLocalPort());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private void run(String program, String... arguments) throws IOException {
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
                throw new IOException(program + " failed: " + lastLine(output.toPath()) + " (see " + logFile() + ")");
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

    private static void deleteRecursively(Path root) throws IOException {
        if (Files.exists(root)) {
            try (Stream<Path> all = Files.walk(root)) {
                for (Path path : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    private Path passwordFile() {
        return folder.resolve("password");
    }

    private Path portFile() {
        return folder.resolve("port");
    }

    private Path pidFile() {
        return data.resolve("postmaster.pid");
    }

    private Path logFile() {
        return folder.resolve("postgres.log");
    }
}
