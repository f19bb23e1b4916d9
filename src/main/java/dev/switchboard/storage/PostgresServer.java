package dev.switchboard.storage;

import dev.switchboard.config.KeptSecret;
import dev.switchboard.config.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
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
    private final PostgresPrograms programs;
    private final Secret password;

    /** Unpacks the programs and makes the cluster if they are not there yet. */
    PostgresServer(Path folder) throws IOException {
        this.folder = folder;
        data = folder.resolve("data");
        programs = new PostgresPrograms(PostgresBinaries.unpack(folder), folder);
        password = KeptSecret.in(passwordFile());
        if (!Files.exists(data)) {
            makeCluster();
        }
    }

    /** A server that answered. */
    record Running(int port, ProcessHandle process, Path folder) {
        /** Whether its process lives, as far as the operating system knows. */
        boolean isAlive() {
            return process.isAlive() && isOurs(process, folder);
        }
    }

    /** Finds it running or starts it. */
    Running ensureRunning() throws IOException {
        Integer port = awaitRunning();
        if (port == null) {
            port = start();
        }
        String pid = Files.readAllLines(pidFile()).get(0).strip();
        ProcessHandle process = process(pid);
        if (process == null) {
            throw new IOException("process " + pid + " ended at once; see " + programs.serverLog());
        }
        return new Running(port, process, folder);
    }

    /** Ends sessions and stops; everything committed is kept. */
    void stop() throws IOException {
        programs.run("pg_ctl", "-D", data.toString(), "-m", "fast", "-w", "-t", String.valueOf(STOP_SECONDS), "stop");
    }

    Secret password() {
        return password;
    }

    private void makeCluster() throws IOException {
        LOG.info("Making the embedded database in {}", data);
        Path draft = folder.resolve("data.new");
        deleteRecursively(draft); // of somebody who died in the middle
        programs.run(
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
            int port = preferredPort();
            StringBuilder options = new StringBuilder("-p " + port);
            SETTINGS.forEach(setting -> options.append(" -c ").append(setting));
            try {
                programs.run(
                        "pg_ctl",
                        "-D",
                        data.toString(),
                        "-l",
                        programs.serverLog().toString(),
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
            if (process == null || !isOurs(process, folder)) {
                if (process != null && (process.info().command().isPresent() || isUnburied(process))) {
                    // PostgreSQL would shy away from the number, although after a crash of the machine another program
                    // bears it, or in a container nobody has taken note of the death.
                    Files.deleteIfExists(pidFile());
                }
                return null;
            }
            if (System.nanoTime() > deadline) {
                throw new IOException("process " + process.pid() + " does not answer; see " + programs.serverLog());
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

    private static boolean isOurs(ProcessHandle process, Path folder) {
        return process.info()
                .command()
                .filter(command -> command.startsWith(folder.toString()))
                .isPresent();
    }

    /** Dead, but its parent has not asked how it ended: the first process of a container may never do so. */
    private static boolean isUnburied(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc", String.valueOf(process.pid()), "stat"))
                    .contains(") Z ");
        } catch (IOException e) {
            return false; // gone by now, or not a system with such files
        }
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
}
