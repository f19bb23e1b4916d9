package dev.switchboard.bench;

import java.util.List;
import java.util.Locale;

/**
 * WebSockets that are open through the gateway at a time, and still work.
 *
 * @param bytes of memory each, as it stood when all had connected
 * @param collectedBytes each, after the gateway had collected its garbage
 */
record HeldSockets(int count, double bytes, double collectedBytes) {
    private static final int FIRST = 200;
    private static final int CONNECT_SECONDS = 120;
    private static final int ECHO_SECONDS = 30;
    private static final double SETTLE_SECONDS = 5;

    static HeldSockets measure(ServerProcess gateway, Loop loop, int count, List<String> tokens) {
        Protocol protocol = new EchoProtocol(tokens);
        // Some come and go first, so that loaded classes and compiled code do not count as sockets.
        try (Fleet first = new Fleet(loop, protocol, gateway.address())) {
            first.connect(FIRST, CONNECT_SECONDS);
        }
        collect(gateway);
        double before = gateway.residentBytes();
        try (Fleet fleet = new Fleet(loop, protocol, gateway.address())) {
            fleet.connect(count, CONNECT_SECONDS);
            settle(gateway);
            double connected = gateway.residentBytes();
            collect(gateway);
            double collected = gateway.residentBytes();
            fleet.restart();
            loop.run(() -> {
                for (int i = 0; i < count; i++) {
                    fleet.publish(System.nanoTime());
                }
            });
            boolean all =
                    Waiting.until(ECHO_SECONDS, () -> fleet.count().deliveries() == count || fleet.trouble() != null);
            if (!all || fleet.trouble() != null) {
                throw new IllegalStateException(
                        "only " + fleet.count().deliveries() + " of " + count + " sockets answer: " + fleet.trouble());
            }
            return new HeldSockets(count, (connected - before) / count, (collected - before) / count);
        }
    }

    private static void collect(ServerProcess gateway) {
        settle(gateway);
        gateway.tell("jcmd", "PID", "GC.run");
        settle(gateway);
    }

    private static void settle(ServerProcess gateway) {
        Waiting.until(SETTLE_SECONDS, () -> !gateway.isAlive());
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%,d proxied WebSockets: %.1f KB each, %.1f KB after a garbage collection",
                count,
                bytes / 1_000,
                collectedBytes / 1_000);
    }
}
