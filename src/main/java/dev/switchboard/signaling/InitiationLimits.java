package dev.switchboard.signaling;

import dev.switchboard.protocol.Fault;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * How many calls a user may begin in a minute. Kept by the owner of the user's key, and forgotten when that changes: what
 * counts is that nobody can make telephones ring without end.
 */
final class InitiationLimits {
    private static final long MINUTE_MS = Duration.ofMinutes(1).toMillis();

    /** Somebody called at some time. */
    private record Begun(long at, UUID callee) {}

    private final Supplier<CallOptions> options;
    private final LongSupplier clock;
    private final Map<UUID, Deque<Begun>> begun = new HashMap<>();

    /** @param clock milliseconds, rising */
    InitiationLimits(Supplier<CallOptions> options, LongSupplier clock) {
        this.options = options;
        this.clock = clock;
    }

    /** Counts a call, or refuses it with {@code too_many_requests}. */
    void take(UUID caller, UUID callee) {
        long now = clock.getAsLong();
        Deque<Begun> mine = begun.computeIfAbsent(caller, c -> new ArrayDeque<>());
        expire(mine, now);
        long same = mine.stream().filter(b -> b.callee().equals(callee)).count();
        if (mine.size() >= options.get().perMinute() || same >= options.get().perMinuteAndPair()) {
            throw Fault.TOO_MANY_REQUESTS.because("Too many calls; wait a minute.");
        }
        mine.add(new Begun(now, callee));
    }

    /** Forgets who has not called for a minute. */
    void expire() {
        long now = clock.getAsLong();
        begun.values().removeIf(mine -> {
            expire(mine, now);
            return mine.isEmpty();
        });
    }

    private static void expire(Deque<Begun> mine, long now) {
        while (!mine.isEmpty() && mine.getFirst().at() <= now - MINUTE_MS) {
            mine.removeFirst();
        }
    }
}
