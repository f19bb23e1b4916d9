package dev.switchboard.gateway.upstream;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** An immutable state that several event loops change by compare-and-set. */
final class Cell<T> {
    private final AtomicReference<T> state;

    /** A change that this caller, and no other, made. */
    record Step<T>(T before, T after) {}

    Cell(T start) {
        state = new AtomicReference<>(start);
    }

    T get() {
        return Objects.requireNonNull(state.get());
    }

    /** @return false when somebody else was faster; what is the same already needs no change */
    boolean replace(T before, T after) {
        return before == after || state.compareAndSet(before, after);
    }

    /**
     * @param rule without side effects: it runs again when somebody else was faster; to change nothing it returns what it
     *     was given
     * @return null when nothing changed
     */
    @Nullable
    Step<T> change(UnaryOperator<T> rule) {
        while (true) {
            T before = get();
            T after = rule.apply(before);
            if (before == after) {
                return null;
            }
            if (state.compareAndSet(before, after)) {
                return new Step<>(before, after);
            }
        }
    }
}
