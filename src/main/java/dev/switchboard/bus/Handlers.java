package dev.switchboard.bus;

import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Operation;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** What one shard of a part does for each operation that it serves. */
public final class Handlers {
    private final Map<Operation<?, ?>, BiFunction<Caller, ?, ? extends Future<? extends Record>>> byOperation =
            new HashMap<>();

    /** Serves an operation. The function runs on the shard's event loop; it may throw a fault. */
    public <Q extends Record, R extends Record> Handlers on(
            Operation<Q, R> operation, BiFunction<Caller, Q, Future<R>> handler) {
        byOperation.put(operation, handler);
        return this;
    }

    @SuppressWarnings("unchecked") // an envelope's body has the type that its operation declares
    @Nullable
    Future<? extends Record> handle(Envelope envelope) {
        var handler = (BiFunction<Caller, Record, Future<? extends Record>>) byOperation.get(envelope.operation());
        return handler == null ? null : handler.apply(envelope.caller(), envelope.body());
    }
}
