package dev.switchboard.bench;

import java.util.List;

/** The users of a {@link Layout} and the ids of their rooms, by client. */
record Population(List<String> tokens, List<List<String>> roomsOf) {
    String token(int client) {
        return tokens.get(client);
    }

    List<String> rooms(int client) {
        return roomsOf.get(client);
    }
}
