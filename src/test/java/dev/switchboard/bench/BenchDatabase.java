package dev.switchboard.bench;

import dev.switchboard.protocol.Ids;
import dev.switchboard.storage.EmbeddedDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The PostgreSQL of the benchmark: Switchboard's own embedded one with its own settings, but a process on the load's core.
 * The only place that knows Switchboard's tables: thousands of users come in by SQL, because each registration costs the
 * password hash that it should.
 */
final class BenchDatabase implements AutoCloseable {
    private static final String NAME = "bench";

    private static final String ADD_USERS =
            """
            insert into user_account (id, username, email, display_name, roles, password_hash)
            select id, name, name || '@example.org', name, '{user}', '(none that fits)' from unnest(?, ?) as t(id, name)""";

    private static final String ADD_ROOM = "insert into room (id, kind, title, created_by) values (?, 'group', ?, ?)";

    private static final String ADD_MEMBERS =
            "insert into room_member (room_id, user_id, role) select ?, id, 'member' from unnest(?) as t(id)";

    private final EmbeddedDatabase server;
    private final Path dataDir;
    private final Tokens tokens;

    private BenchDatabase(EmbeddedDatabase server, Path dataDir, Tokens tokens) {
        this.server = server;
        this.dataDir = dataDir;
        this.tokens = tokens;
    }

    /** Starts PostgreSQL, with an empty database that the first server to come fills with its tables. */
    static BenchDatabase open(Path dataDir, Tokens tokens) {
        try {
            BenchDatabase database = new BenchDatabase(EmbeddedDatabase.open(dataDir), dataDir, tokens);
            try (Connection connection = database.connect(database.server.database());
                    Statement statement = connection.createStatement()) {
                statement.execute("drop database if exists " + NAME + " with (force)");
                statement.execute("create database " + NAME);
            }
            return database;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** For {@code DATABASE_URL}. */
    String url() {
        return "postgres://" + server.user() + ":" + server.password().value() + "@" + server.host() + ":"
                + server.port() + "/" + NAME;
    }

    String version() {
        try (Connection connection = connect(NAME)) {
            return connection.getMetaData().getDatabaseProductVersion();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    double cpuSeconds() {
        try {
            Path pidFile = dataDir.resolve("postgres/data/postmaster.pid");
            return ProcFs.cpuSecondsWithChildren(
                    Long.parseLong(Files.readAllLines(pidFile).get(0).strip()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** New users and new rooms, once the tables are there. */
    Population populate(Layout layout) {
        List<UUID> users = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < layout.clients(); i++) {
            users.add(Ids.next());
            names.add("bench" + Long.toString(users.get(i).getMostSignificantBits(), Character.MAX_RADIX));
        }
        Map<String, UUID> rooms = new HashMap<>();
        try (Connection connection = connect(NAME)) {
            connection.setAutoCommit(false);
            try (PreparedStatement add = connection.prepareStatement(ADD_USERS)) {
                add.setArray(1, uuids(connection, users));
                add.setArray(2, connection.createArrayOf("text", names.toArray()));
                add.executeUpdate();
            }
            try (PreparedStatement addRoom = connection.prepareStatement(ADD_ROOM);
                    PreparedStatement addMembers = connection.prepareStatement(ADD_MEMBERS)) {
                for (Layout.Room room : layout.allRooms()) {
                    UUID id = Ids.next();
                    rooms.put(room.name(), id);
                    addRoom.setObject(1, id);
                    addRoom.setString(2, room.name());
                    addRoom.setObject(3, users.get(room.first()));
                    addRoom.executeUpdate();
                    addMembers.setObject(1, id);
                    addMembers.setArray(2, uuids(connection, users.subList(room.first(), room.last() + 1)));
                    addMembers.executeUpdate();
                }
            }
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return population(layout, users, names, rooms);
    }

    private Population population(Layout layout, List<UUID> users, List<String> names, Map<String, UUID> rooms) {
        List<String> issued = new ArrayList<>();
        List<List<String>> roomsOf = new ArrayList<>();
        for (int i = 0; i < users.size(); i++) {
            issued.add(tokens.issue(users.get(i), names.get(i)));
            roomsOf.add(layout.rooms(i).stream()
                    .map(name -> rooms.get(name).toString())
                    .toList());
        }
        return new Population(users, issued, roomsOf);
    }

    private static Array uuids(Connection connection, List<UUID> ids) throws SQLException {
        return connection.createArrayOf("uuid", ids.toArray());
    }

    private Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://" + server.host() + ":" + server.port() + "/" + database,
                server.user(),
                server.password().value());
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
