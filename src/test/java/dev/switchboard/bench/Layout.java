package dev.switchboard.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * Who is in which room. For each size, the clients are dealt out to rooms of that many: with sizes 1 000 and 10, client
 * 25 is in the first room of 1 000 and in the third of 10.
 *
 * @param clients how many there are
 * @param sizes a client is in one room of each size
 */
record Layout(int clients, List<Integer> sizes) {
    static Layout of(int clients, Integer... sizes) {
        return new Layout(clients, List.of(sizes));
    }

    /** The rooms of a client; it publishes to the first. */
    List<String> rooms(int client) {
        List<String> rooms = new ArrayList<>();
        for (int size : sizes) {
            rooms.add(name(size, client / size));
        }
        return rooms;
    }

    List<Room> allRooms() {
        List<Room> rooms = new ArrayList<>();
        for (int size : sizes) {
            for (int first = 0; first < clients; first += size) {
                rooms.add(new Room(name(size, first / size), first, Math.min(first + size, clients) - 1));
            }
        }
        return rooms;
    }

    /** A room with its first and its last client. */
    record Room(String name, int first, int last) {}

    private static String name(int size, int index) {
        return "of-" + size + "-" + index;
    }
}
