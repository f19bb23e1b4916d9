package dev.switchboard.room;

import io.vertx.core.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is good for a moment: who asks again within it, or while it is under way, gets the same one. What is
 * asked must come to an end by itself.
 */
final class Briefly<T> {
    private final long maxAgeNanos;
    private @Nullable Future<T> answer;
    private long answeredAt;

    Briefly(long maxAgeNanos) {
        this.maxAgeNanos = maxAgeNanos;
    }

    Future<T> get(Supplier<Future<T>> ask) {
        Future<T> known = answer;
        if (known == null || known.failed() || (known.isComplete() && System.nanoTime() - answeredAt > maxAgeNanos)) {
            known = ask.get();
            answer = known;
            known.onComplete(done -> answeredAt = System.nanoTime());
        }
        return known;
    }
}
