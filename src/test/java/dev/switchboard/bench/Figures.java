package dev.switchboard.bench;

import org.jspecify.annotations.Nullable;

/**
 * What was measured of one server; null is what was not asked for.
 *
 * @param highest the highest rate of deliveries that held
 * @param steady at 50 000 deliveries/s
 * @param durable the highest rate of acknowledged messages; servers that keep none have none
 */
record Figures(
        String id,
        String title,
        @Nullable Level highest,
        @Nullable Level steady,
        @Nullable IdleMemory memory,
        @Nullable Level durable) {
    /** What can be measured by itself. */
    enum Part {
        FANOUT,
        DURABLE,
        MEMORY
    }

    static final double DELIVERY_LIMIT_MS = 100;
    static final double DURABLE_LIMIT_MS = 50;
    static final int STEADY_RATE = 50_000;

    private static final double STEADY_TIMES = 2;
    private static final int SENDERS = 100;
    private static final int SENDERS_IN_ROOM = 5;
    private static final int EASY_DURABLE_RATE = 1_000;

    /** Measures what the settings ask for, with a fresh process for each part. */
    static Figures measure(Target target, Loop loop, Settings settings) {
        System.out.println(target.title());
        @Nullable Level highest = null;
        @Nullable Level steady = null;
        if (settings.parts().contains(Part.FANOUT)) {
            double seconds = settings.seconds();
            Layout everybody = Layout.of(settings.clients(), settings.clients());
            try (Stage stage = new Stage(target, loop, settings.serverCore(), everybody, true, target.easyRate())) {
                highest = new RateSearch(DELIVERY_LIMIT_MS, target.refinements())
                        .from(target.easyRate(), rate -> stage.run(rate, seconds));
                steady = stage.run(STEADY_RATE, STEADY_TIMES * seconds);
            }
        }
        @Nullable
        Level durable =
                target.durable() && settings.parts().contains(Part.DURABLE) ? durable(target, loop, settings) : null;
        @Nullable IdleMemory memory = null;
        if (settings.parts().contains(Part.MEMORY) && !target.id().equals(Peers.ROOF)) {
            memory = IdleMemory.measure(target, loop, settings.serverCore(), settings.idleClients());
            System.out.println("  " + memory);
        }
        return new Figures(target.id(), target.title(), highest, steady, memory, durable);
    }

    private static Level durable(Target target, Loop loop, Settings settings) {
        System.out.println(" durable messages");
        Layout rooms = Layout.of(SENDERS, SENDERS_IN_ROOM);
        try (Stage stage = new Stage(target, loop, settings.serverCore(), rooms, false, EASY_DURABLE_RATE)) {
            return new RateSearch(DURABLE_LIMIT_MS, target.refinements())
                    .from(EASY_DURABLE_RATE, rate -> stage.run(rate, settings.seconds()));
        }
    }
}
