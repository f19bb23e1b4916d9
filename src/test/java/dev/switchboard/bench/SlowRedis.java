package dev.switchboard.bench;

import dev.switchboard.support.RedisProcess;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * How long requests take while Redis is frozen, at {@link ProxyFigures#STEADY_RATE}: the first ones wait for it as long as
 * they may, then nobody does. All times are milliseconds from the moment at which a request was due.
 */
record SlowRedis(double p50, double p99, double longest, double frozenP50, double frozenP99, double frozenLongest) {
    static SlowRedis measure(
            ServerProcess gateway, Loop loop, List<String> requests, double seconds, RedisProcess redis)
            throws IOException, InterruptedException {
        try (HttpLoad load = new HttpLoad(loop, gateway.address(), ProxyFigures.CONNECTIONS, requests)) {
            load.offer(ProxyFigures.STEADY_RATE, seconds);
            load.clearTimes();
            load.offer(ProxyFigures.STEADY_RATE, seconds);
            double p50 = load.millis(0.5);
            double p99 = load.millis(0.99);
            double longest = load.millis(1);
            redis.freeze();
            try {
                load.clearTimes();
                load.offer(ProxyFigures.STEADY_RATE, seconds);
                return new SlowRedis(p50, p99, longest, load.millis(0.5), load.millis(0.99), load.millis(1));
            } finally {
                redis.thaw();
                load.stop();
            }
        }
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "p50 %.2f, p99 %.2f, longest %.1f ms; with Redis frozen p50 %.2f, p99 %.2f, longest %.1f ms",
                p50,
                p99,
                longest,
                frozenP50,
                frozenP99,
                frozenLongest);
    }
}
