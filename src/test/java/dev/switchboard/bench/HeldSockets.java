package dev.switchboard.bench;

import java.util.List;
import java.util.Locale;

/**
 * WebSockets that are open through gateways at a time, and still work.
 *
 * @param bytes of memory each, as it stood when all had connected
 * @param collectedBytes each, after the gateways had collected their garbage
 */
record HeldSockets(int gateways, int count, double bytes, double collectedBytes) {
    private static final int FIRST = 200;
    private static final int CONNECT_SECONDS = 120;
    private static final int ECHO_SECONDS = 30;
    private static final double SETTLE_SECONDS = 5;

    /** @param each so many through each gateway */
    static HeldSockets measure(List<ServerProcess> gateways, Loop loop, int each, List<String> tokens) {
        Protocol protocol = new EchoProtocol(tokens);
        // Some come and go first, so that loaded classes and compiled code do not count as sockets.
        connect(gateways, loop, protocol, FIRST).forEach(Fleet::close);
        gateways.forEach(HeldSockets::collect);
        double before = residentBytes(gateways);
        List<Fleet> fleets = connect(gateways, loop, protocol, each);
        try {
            gateways.forEach(HeldSockets::settle);
            double connected = residentBytes(gateways);
            gateways.forEach(HeldSockets::collect);
            double collected = residentBytes(gateways);
            fleets.forEach(fleet -> requireAnswers(fleet, loop, each));
            int count = each * gateways.size();
            return new HeldSockets(gateways.size(), count, (connected - before) / count, (collected - before) / count);
        } finally {
            fleets.forEach(Fleet::close);
        }
    }

    private static List<Fleet> connect(List<ServerProcess> gateways, Loop loop, Protocol protocol, int each) {
        List<Fleet> fleets = gateways.stream()
                .map(gateway -> new Fleet(loop, protocol, gateway.address()))
                .toList();
        fleets.forEach(fleet -> fleet.connect(each, CONNECT_SECONDS));
        return fleets;
    }

    private static void requireAnswers(Fleet fleet, Loop loop, int count) {
        fleet.restart();
        loop.run(() -> {
            for (int i = 0; i < count; i++) {
                fleet.publish(System.nanoTime());
            }
        });
        boolean all = Waiting.until(ECHO_SECONDS, () -> fleet.count().deliveries() == count || fleet.trouble() != null);
        if (!all || fleet.trouble() != null) {
            throw new IllegalStateException(
                    "only " + fleet.count().deliveries() + " of " + count + " sockets answer: " + fleet.trouble());
        }
    }

    private static double residentBytes(List<ServerProcess> gateways) {
        return gateways.stream().mapToDouble(ServerProcess::residentBytes).sum();
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
                "%,d by %d: %.1f KB each, %.1f KB after a garbage collection",
                count,
                gateways,
                bytes / 1_000,
                collectedBytes / 1_000);
    }
}
