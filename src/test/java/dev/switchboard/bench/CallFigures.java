package dev.switchboard.bench;

import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Calls in a cluster of one size.
 *
 * @param perSecond calls that rang
 * @param late of these, from the due time of {@code call:initiate} until the generator asked for it
 * @param incoming from the due time of {@code call:initiate} to {@code call:incoming}
 * @param accepted from {@code call:answer} to {@code call:accepted}
 * @param active from the due time to both sides' {@code call:connected}
 * @param cpuMillis of all nodes for one call from its beginning to its end
 * @param databaseMillis of the database for it
 * @param held calls that were held
 * @param bytes on the heaps of all nodes together for each of these, after collections
 */
record CallFigures(
        int nodes,
        double perSecond,
        Times late,
        Times incoming,
        Times accepted,
        Times active,
        double cpuMillis,
        double databaseMillis,
        int held,
        double bytes) {
    private static final int CONNECT_SECONDS = 120;
    private static final double FINISH_SECONDS = 20;

    /** Slower than they are measured: all must live at the end. */
    private static final int HOLDING_RATE = 100;

    /** So long may calls take, all in all, before nobody is left to call. */
    private static final int PATIENCE_SECONDS = 10;

    /** Nodes that have just started do not bear the whole rate. */
    private static final List<Double> WARMING = List.of(0.1, 0.25, 0.5);

    /** At the whole rate, until the nodes have compiled what they use: until a call costs hardly less for some rounds. */
    private static final int MOST_ROUNDS = 30;

    private static final int ROUNDS_WITHOUT_GAIN = 3;
    private static final double HARDLY_LESS = 0.98;

    /** A call that is over is remembered for 20 s. */
    private static final double MEMORY_SECONDS = 23;

    private static final double MEDIAN = 0.5;
    private static final double MOST = 0.99;

    /** Milliseconds that half of all, and all but one in a hundred, did not exceed. */
    record Times(double p50, double p99) {
        static Times of(Loop loop, Latencies latencies) {
            return loop.call(() -> new Times(latencies.millis(MEDIAN), latencies.millis(MOST)));
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.1f / %.1f ms", p50, p99);
        }
    }

    /** One run: what it counts with. */
    private record Run(Loop loop, CallPairs pairs) {
        void calls(int rate, double seconds) {
            List<ScheduledFuture<?>> timer = new ArrayList<>();
            loop.run(() -> {
                pairs.clear();
                long began = System.nanoTime();
                double nanosEach = TimeUnit.SECONDS.toNanos(1) / (double) rate;
                timer.add(loop.executor()
                        .scheduleAtFixedRate(
                                () -> {
                                    long due = (long) ((System.nanoTime() - began) / nanosEach);
                                    for (long i = pairs.count().begun(); i < due; i++) {
                                        pairs.begin(began + (long) (i * nanosEach));
                                    }
                                },
                                1,
                                1,
                                TimeUnit.MILLISECONDS));
            });
            Waiting.until(seconds, () -> count().trouble() != null);
            loop.run(() -> timer.get(0).cancel(false));
            finish(count -> count.begun() == count.ended());
        }

        /** From now on calls stay. */
        void keep() {
            loop.run(() -> {
                pairs.clear();
                pairs.hold(true);
            });
        }

        /** So many more. */
        void hold(int calls) {
            for (int begun = 0; begun < calls; begun += HOLDING_RATE) {
                int some = Math.min(HOLDING_RATE, calls - begun);
                loop.run(() -> {
                    for (int i = 0; i < some; i++) {
                        pairs.begin(System.nanoTime());
                    }
                });
                finish(count -> count.begun() == count.active());
            }
        }

        CallPairs.Count count() {
            return loop.call(pairs::count);
        }

        private void finish(Predicate<CallPairs.Count> condition) {
            boolean all = Waiting.until(FINISH_SECONDS, () -> count().trouble() != null || condition.test(count()));
            if (!all || count().trouble() != null) {
                throw new IllegalStateException("not all calls came through: " + count());
            }
        }
    }

    static CallFigures measure(CallNodes nodes, Loop loop, BenchDatabase database, CallsSettings settings) {
        int wanted = Math.max(settings.held(), PATIENCE_SECONDS * settings.rate());
        int count = nodes.size() * ((wanted + nodes.size() - 1) / nodes.size());
        Population people = database.populate(Layout.of(2 * count));
        CallPairs pairs = new CallPairs(nodes.size(), count, people);
        List<Fleet> fleets = IntStream.range(0, nodes.size())
                .mapToObj(
                        node -> new Fleet(loop, pairs.at(node), nodes.get(node).address()))
                .toList();
        try {
            fleets.forEach(fleet -> fleet.connect(pairs.clientsOfNode(), CONNECT_SECONDS));
            Run run = new Run(loop, pairs);
            for (double share : WARMING) {
                run.calls((int) (share * settings.rate()), settings.warmUpSeconds());
            }
            warmUp(nodes, run, settings);
            double cpu = nodes.cpuSeconds();
            double databaseCpu = database.cpuSeconds();
            run.calls(settings.rate(), settings.seconds());
            CallPairs.Count calls = run.count();
            cpu = nodes.cpuSeconds() - cpu;
            databaseCpu = database.cpuSeconds() - databaseCpu;
            Times late = Times.of(loop, pairs.late);
            Times incoming = Times.of(loop, pairs.incoming);
            Times accepted = Times.of(loop, pairs.accepted);
            Times active = Times.of(loop, pairs.active);
            Waiting.until(MEMORY_SECONDS, () -> run.count().trouble() != null);
            // The second half of them shows what a call costs; the first, what calls leave for good.
            run.keep();
            run.hold(settings.held() / 2);
            long half = nodes.liveBytes();
            run.hold(settings.held() / 2);
            long all = nodes.liveBytes();
            fleets.forEach(CallFigures::requireWhole);
            return new CallFigures(
                    nodes.size(),
                    calls.rang() / settings.seconds(),
                    late,
                    incoming,
                    accepted,
                    active,
                    1_000 * cpu / calls.begun(),
                    1_000 * databaseCpu / calls.begun(),
                    settings.held(),
                    (all - half) / (settings.held() / 2.0));
        } finally {
            fleets.forEach(Fleet::close);
        }
    }

    private static void warmUp(CallNodes nodes, Run run, CallsSettings settings) {
        double least = Double.MAX_VALUE;
        int since = 0;
        for (int round = 0; round < MOST_ROUNDS && since < ROUNDS_WITHOUT_GAIN; round++) {
            double cpu = nodes.cpuSeconds();
            run.calls(settings.rate(), settings.warmUpSeconds());
            double each = (nodes.cpuSeconds() - cpu) / run.count().begun();
            System.out.printf(Locale.ROOT, "  warming up: %.2f ms CPU each%n", 1_000 * each);
            since = each > HARDLY_LESS * least ? since + 1 : 0;
            least = Math.min(each, least);
        }
    }

    private static void requireWhole(Fleet fleet) {
        @Nullable String trouble = fleet.trouble();
        if (trouble != null) {
            throw new IllegalStateException(trouble);
        }
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d nodes: %.0f calls/s; late %s, incoming %s, accepted %s, active %s;"
                        + " CPU per call %.2f ms (and the database %.2f ms); %,d held: %.2f KB each",
                nodes,
                perSecond,
                late,
                incoming,
                accepted,
                active,
                cpuMillis,
                databaseMillis,
                held,
                bytes / 1_000);
    }
}
