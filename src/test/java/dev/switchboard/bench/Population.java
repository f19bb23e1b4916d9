package dev.switchboard.bench;

import java.util.List;
import java.util.UUID;

/** The users of a {@link Layout} and the ids of their rooms, by client. */
record Population(List<UUID> users, List<String> tokens, List<List<String>> roomsOf) {
    UUID user(int client) {
        return users.get(client);
    }

    String token(int client) {
        return tokens.get(client);
    }

    List<String> rooms(int client) {
        return roomsOf.get(client);
    }
}
