package dev.switchboard.bench;

import java.util.Locale;

/**
 * Resident memory of a connection that does nothing, registered in three rooms: one of everybody, one of 100, one of 10.
 *
 * @param clients how many there were
 * @param bytes each, as it stood when all had connected
 * @param collectedBytes each, after the server had collected its garbage
 */
record IdleMemory(int clients, double bytes, double collectedBytes) {
    private static final int FIRST_CLIENTS = 200;
    private static final int CONNECT_SECONDS = 300;
    private static final double SETTLE_SECONDS = 5;

    static IdleMemory measure(Target target, Loop loop, int core, int clients) {
        try (ServerProcess server = target.start(core, Target.SMALL_HEAP)) {
            // Some come and go first, so that loaded classes and compiled code do not count as connections.
            try (Fleet first = new Fleet(loop, target.clients(layout(FIRST_CLIENTS)), server.address())) {
                first.connect(FIRST_CLIENTS, CONNECT_SECONDS);
            }
            settle(server);
            target.collectGarbage(server);
            settle(server);
            double before = server.residentBytes();
            try (Fleet fleet = new Fleet(loop, target.clients(layout(clients)), server.address())) {
                fleet.connect(clients, CONNECT_SECONDS);
                settle(server);
                double connected = server.residentBytes();
                target.collectGarbage(server);
                settle(server);
                double collected = server.residentBytes();
                if (fleet.trouble() != null) {
                    throw new IllegalStateException("not all stayed connected: " + fleet.trouble());
                }
                return new IdleMemory(clients, (connected - before) / clients, (collected - before) / clients);
            }
        }
    }

    private static Layout layout(int clients) {
        return Layout.of(clients, clients, 100, 10);
    }

    /** Lets the server finish what it does on its own after connections came or went. */
    private static void settle(ServerProcess server) {
        Waiting.until(SETTLE_SECONDS, () -> !server.isAlive());
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%,d idle clients in 3 rooms each: %.1f KB each, %.1f KB after a garbage collection",
                clients,
                bytes / 1_000,
                collectedBytes / 1_000);
    }
}
