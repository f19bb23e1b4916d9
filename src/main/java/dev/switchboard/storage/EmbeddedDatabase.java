package dev.switchboard.storage;

import dev.switchboard.config.Secret;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL under {@code <dataDir>/postgres} that all nodes with that folder share without any setting. Whoever comes
 * first starts it, whoever leaves last stops it, and one that was left behind by a killed node is found again.
 *
 * <p>Two locked files keep the nodes apart; the kernel releases the locks of the dead. {@code starting.lock} is held while
 * one of them looks, starts or stops; {@code users.lock} is shared by all that run, so that only the last one can have it
 * for itself.
 */
public final class EmbeddedDatabase implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);

    /** File locks belong to a process as a whole: nodes within one process share a single lock, counted here. */
    private static final Map<Path, Users> USERS = new HashMap<>();

    private static final ReentrantLock THIS_PROCESS = new ReentrantLock();

    private final Path folder;
    private final PostgresServer server;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile PostgresServer.Running running;

    private static final class Users {
        private final FileChannel file;
        private final FileLock shared;
        private int count;

        Users(Path folder) throws IOException {
            file = lockFile(folder.resolve("users.lock"));
            shared = file.lock(0, Long.MAX_VALUE, true);
        }
    }

    private EmbeddedDatabase(Path folder, PostgresServer server, PostgresServer.Running running) {
        this.folder = folder;
        this.server = server;
        this.running = running;
    }

    /**
     * Finds or starts the database. Blocks: about a tenth of a second, or some seconds when it is made.
     *
     * @throws IOException with a message for the user when it cannot be started
     */
    public static EmbeddedDatabase open(Path dataDir) throws IOException {
        Path folder = Files.createDirectories(dataDir.resolve("postgres")).toRealPath();
        THIS_PROCESS.lock();
        try (FileChannel file = lockFile(folder.resolve("starting.lock"));
                FileLock starting = file.lock()) {
            LOG.trace("holding {}", starting);
            PostgresServer server = new PostgresServer(folder);
            PostgresServer.Running running = server.ensureRunning();
            Users users = USERS.get(folder);
            if (users == null) {
                users = new Users(folder);
                USERS.put(folder, users);
            }
            users.count++;
            return new EmbeddedDatabase(folder, server, running);
        } finally {
            THIS_PROCESS.unlock();
        }
    }

    public String host() {
        return "127.0.0.1";
    }

    /** The same after a restart, unless another program took it meanwhile. */
    public int port() {
        return running.port();
    }

    /** Whether its process lives, as far as the operating system knows. Does not block. */
    public boolean isRunning() {
        return running.isAlive();
    }

    /**
     * Starts it again if it died; one of the nodes that share it does so. Blocks, a second or more.
     *
     * @throws IOException when it cannot be started
     */
    public void restart() throws IOException {
        THIS_PROCESS.lock();
        try (FileChannel file = lockFile(folder.resolve("starting.lock"));
                FileLock starting = file.lock()) {
            LOG.trace("holding {}", starting);
            if (!closed.get() && !isRunning()) {
                LOG.warn("The embedded database died: starting it again");
                running = server.ensureRunning();
            }
        } finally {
            THIS_PROCESS.unlock();
        }
    }

    public String database() {
        return PostgresServer.DATABASE;
    }

    public String user() {
        return PostgresServer.USER;
    }

    public Secret password() {
        return server.password();
    }

    /** Gives up this use; the last one on the machine stops PostgreSQL. Blocks. */
    @Override
    public void close() throws IOException {
        if (closed.getAndSet(true)) {
            return;
        }
        THIS_PROCESS.lock();
        try (FileChannel file = lockFile(folder.resolve("starting.lock"));
                FileLock starting = file.lock()) {
            LOG.trace("holding {}", starting);
            Users users = USERS.get(folder);
            if (users == null || --users.count > 0) {
                return;
            }
            USERS.remove(folder);
            users.shared.release();
            try (FileChannel mine = users.file;
                    FileLock alone = mine.tryLock()) {
                if (alone != null) {
                    server.stop();
                }
            }
        } finally {
            THIS_PROCESS.unlock();
        }
    }

    private static FileChannel lockFile(Path path) throws IOException {
        return FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }
}
