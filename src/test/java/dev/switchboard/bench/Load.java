package dev.switchboard.bench;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Puts a steady load on a server and measures what it does with it. */
final class Load {
    private static final double WARM_UP_SECONDS = 2;
    private static final double DRAIN_SECONDS = 5;
    private static final double CATCH_UP_SECONDS = 30;

    /** A server that owes more than the load of so many seconds will not catch up. */
    private static final double HOPELESS_SECONDS = 1;

    private final Target target;
    private final ServerProcess server;
    private final Fleet fleet;
    private final Pacer pacer;
    private final boolean countsDeliveries;

    /** @param countsDeliveries whether rates are of deliveries to all, or of acknowledged messages */
    Load(Target target, ServerProcess server, Loop loop, Fleet fleet, boolean countsDeliveries) {
        this.target = target;
        this.server = server;
        this.fleet = fleet;
        this.pacer = new Pacer(loop, fleet);
        this.countsDeliveries = countsDeliveries;
    }

    /** The state of everything that is measured. */
    private record Reading(Fleet.Count count, double serverCpu, double databaseCpu, double generatorCpu) {}

    Level run(double perSecond, double seconds) {
        fleet.restart();
        pacer.start(countsDeliveries ? perSecond / fleet.size() : perSecond);
        boolean hopeless = Waiting.until(WARM_UP_SECONDS, () -> hopeless(perSecond));
        fleet.clearTimes();
        Reading from = read();
        hopeless = hopeless || Waiting.until(seconds, () -> hopeless(perSecond));
        Reading to = read();
        Latencies times = countsDeliveries ? fleet.deliveryTimes : fleet.acknowledgementTimes;
        double p50 = times.millis(0.5);
        double p99 = times.millis(0.99);
        pacer.stop();
        boolean drained = !hopeless && Waiting.until(DRAIN_SECONDS, () -> troubled() || drained());
        return level(perSecond, from, to, p50, p99, fault(hopeless, drained));
    }

    /** Puts on a load without measuring: a cold server may fall behind, and catch up. */
    void warmUp(double perSecond, double seconds) {
        fleet.restart();
        pacer.start(countsDeliveries ? perSecond / fleet.size() : perSecond);
        Waiting.until(seconds, this::troubled);
        pacer.stop();
        Waiting.until(CATCH_UP_SECONDS, () -> troubled() || drained());
    }

    private Level level(double offered, Reading from, Reading to, double p50, double p99, @Nullable String fault) {
        double seconds = (to.count.nanos() - from.count.nanos()) / (double) TimeUnit.SECONDS.toNanos(1);
        double done = Math.max(1, done(to.count) - done(from.count));
        double server = to.serverCpu - from.serverCpu;
        return new Level(
                offered,
                done / seconds,
                p50,
                p99,
                micros(server) / done,
                micros(to.databaseCpu - from.databaseCpu) / done,
                server / seconds,
                (to.generatorCpu - from.generatorCpu) / seconds,
                (to.count.bytes() - from.count.bytes()) / done,
                fault);
    }

    private long done(Fleet.Count count) {
        return countsDeliveries ? count.deliveries() : count.acknowledged();
    }

    private static double micros(double seconds) {
        return seconds * TimeUnit.SECONDS.toMicros(1);
    }

    private Reading read() {
        return new Reading(
                fleet.count(),
                server.isAlive() ? server.cpuSeconds() : 0,
                target.databaseCpuSeconds(),
                ProcFs.cpuSeconds(ProcessHandle.current().pid()));
    }

    private boolean hopeless(double perSecond) {
        Fleet.Count count = fleet.count();
        double owed = countsDeliveries
                ? (double) count.sent() * fleet.size() - count.deliveries()
                : count.sent() - count.acknowledged();
        return troubled() || owed > HOPELESS_SECONDS * perSecond;
    }

    private boolean troubled() {
        return !server.isAlive() || fleet.trouble() != null;
    }

    private boolean drained() {
        Fleet.Count count = fleet.count();
        return (!target.durable() || count.acknowledged() == count.sent())
                && (!countsDeliveries || fleet.allDelivered());
    }

    private @Nullable String fault(boolean hopeless, boolean drained) {
        if (!server.isAlive()) {
            return "the server died";
        }
        if (fleet.trouble() != null) {
            return fleet.trouble();
        }
        if (hopeless) {
            return "fell behind by a second";
        }
        return drained ? fleet.fault() : "not everything came within " + DRAIN_SECONDS + " s";
    }
}
