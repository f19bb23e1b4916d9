package dev.switchboard.bench;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A server and its clients during a search. Both are made anew when a level was too much for them. */
final class Stage implements AutoCloseable {
    private static final int CONNECT_SECONDS = 120;
    private static final double WARM_UP_TIMES = 3;

    private final Target target;
    private final Loop loop;
    private final int core;
    private final Layout layout;
    private final boolean countsDeliveries;
    private final double easyRate;
    private ServerProcess server;
    private @Nullable Protocol protocol;
    private @Nullable Fleet fleet;

    /**
     * Starts the server.
     *
     * @param countsDeliveries as in {@link Load}
     * @param easyRate what a new server is warmed up with
     */
    Stage(Target target, Loop loop, int core, Layout layout, boolean countsDeliveries, double easyRate) {
        this.target = target;
        this.loop = loop;
        this.core = core;
        this.layout = layout;
        this.countsDeliveries = countsDeliveries;
        this.easyRate = easyRate;
        this.server = target.start(core, List.of());
    }

    /** Measures at one rate, and prints what came out. A new server is warmed up first. */
    Level run(double perSecond, double seconds) {
        if (fleet == null) {
            load().warmUp(easyRate, WARM_UP_TIMES * seconds);
        }
        Level level = load().run(perSecond, seconds);
        System.out.println("  " + level);
        if (level.fault() != null) {
            renew();
        }
        return level;
    }

    private Load load() {
        return new Load(target, server, loop, fleet(), countsDeliveries);
    }

    private Fleet fleet() {
        Fleet connected = fleet;
        if (connected == null) {
            // Users and rooms are made once: the server has its tables now.
            Protocol spoken = protocol == null ? target.clients(layout) : protocol;
            protocol = spoken;
            connected = new Fleet(loop, spoken, server.address());
            fleet = connected;
            connected.connect(layout.clients(), CONNECT_SECONDS);
        }
        return connected;
    }

    private void renew() {
        close();
        server = target.start(core, List.of());
    }

    @Override
    public void close() {
        if (fleet != null) {
            fleet.close();
            fleet = null;
        }
        server.close();
    }
}
