package dev.switchboard.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/**
 * What was measured of one proxy.
 *
 * @param perSecond requests answered under full load
 * @param cpuMicros of the proxy for each of them
 * @param busy share of its core
 * @param besideMicros of Redis for each of them; 0 without
 * @param p50 milliseconds at the steady rate
 * @param p99 milliseconds at the steady rate
 * @param steadyMicros of the proxy for each request at the steady rate
 */
record ProxyFigures(
        String id,
        String title,
        double perSecond,
        double cpuMicros,
        double busy,
        double besideMicros,
        double p50,
        double p99,
        double steadyMicros) {
    static final int CONNECTIONS = 64;
    static final int STEADY_RATE = 1_000;

    /** The first requests at a steady rate meet connections that rest, and are not counted. */
    private static final double STEADY_WARM_UP_SECONDS = 3;

    /** Odd, so that one is in the middle. */
    private static final int SLICES = 5;

    /** @param besideCpu seconds that another process has used for the proxy */
    static ProxyFigures measure(
            Proxy proxy,
            ServerProcess server,
            Loop loop,
            List<String> requests,
            double seconds,
            double warmUpSeconds,
            DoubleSupplier besideCpu) {
        Pressed pressed;
        try (HttpLoad load = new HttpLoad(loop, server.address(), CONNECTIONS, requests)) {
            load.press(warmUpSeconds);
            List<Pressed> slices = new ArrayList<>();
            for (int i = 0; i < SLICES; i++) {
                slices.add(Pressed.measure(load, server, besideCpu, seconds / SLICES * 2));
            }
            load.stop();
            // Whatever else happens on the machine touches some of them, and not the one in the middle.
            slices.sort(Comparator.comparingDouble(Pressed::cpuMicros));
            pressed = slices.get(SLICES / 2);
        }
        try (HttpLoad load = new HttpLoad(loop, server.address(), CONNECTIONS, requests)) {
            load.offer(STEADY_RATE, STEADY_WARM_UP_SECONDS);
            load.clearTimes();
            long before = load.answers();
            double cpuBefore = server.cpuSeconds();
            load.offer(STEADY_RATE, 2 * seconds);
            double steady = micros((server.cpuSeconds() - cpuBefore) / (load.answers() - before));
            double p50 = load.millis(0.5);
            double p99 = load.millis(0.99);
            load.stop();
            return new ProxyFigures(
                    proxy.id(),
                    proxy.title(),
                    pressed.perSecond(),
                    pressed.cpuMicros(),
                    pressed.busy(),
                    pressed.besideMicros(),
                    p50,
                    p99,
                    steady);
        }
    }

    /** What was measured of one slice of the time under full load. */
    private record Pressed(double perSecond, double cpuMicros, double busy, double besideMicros) {
        static Pressed measure(HttpLoad load, ServerProcess server, DoubleSupplier besideCpu, double seconds) {
            long from = System.nanoTime();
            long before = load.answers();
            double cpuBefore = server.cpuSeconds();
            double besideBefore = besideCpu.getAsDouble();
            load.press(seconds);
            double took = (System.nanoTime() - from) / (double) TimeUnit.SECONDS.toNanos(1);
            double count = load.answers() - before;
            double used = server.cpuSeconds() - cpuBefore;
            double beside = besideCpu.getAsDouble() - besideBefore;
            return new Pressed(count / took, micros(used / count), used / took, micros(beside / count));
        }
    }

    private static double micros(double seconds) {
        return seconds * TimeUnit.SECONDS.toMicros(1);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%,.0f/s, %.1f µs CPU each, %.0f %% of its core, %.1f µs beside; at %,d/s p50 %.3f ms, p99 %.3f ms, %.1f µs CPU",
                perSecond,
                cpuMicros,
                100 * busy,
                besideMicros,
                STEADY_RATE,
                p50,
                p99,
                steadyMicros);
    }
}
