package dev.switchboard.room;

import io.vertx.core.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An answer that is good for a moment: who asks again within it gets the same one. */
final class Briefly<T> {
    private final long maxAgeNanos;
    private @Nullable Future<T> answer;
    private long askedAt;

    Briefly(long maxAgeNanos) {
        this.maxAgeNanos = maxAgeNanos;
    }

    Future<T> get(Supplier<Future<T>> ask) {
        long now = System.nanoTime();
        Future<T> known = answer;
        if (known == null || known.failed() || now - askedAt > maxAgeNanos) {
            known = ask.get();
            answer = known;
            askedAt = now;
        }
        return known;
    }
}
