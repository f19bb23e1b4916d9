package dev.switchboard.signaling;

import dev.switchboard.bus.RecordStore;
import dev.switchboard.protocol.Call;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A store whose steps happen one at a time, in an order that chance chooses among those that were asked for. */
final class ShuffledCalls implements RecordStore<CallEntry>, CallClaims {
    private final Random random;
    private final List<Runnable> steps = new ArrayList<>();
    private final Map<UUID, CallEntry> calls = new HashMap<>();
    private final Map<UUID, UUID> users = new HashMap<>();
    private final List<Map.Entry<UUID, UUID>> claimed = new ArrayList<>();
    private boolean full;

    ShuffledCalls(long seed) {
        this.random = new Random(seed);
    }

    void run() {
        while (!steps.isEmpty()) {
            step();
        }
    }

    /** Does one of what is to be done, if there is anything. */
    void step() {
        if (!steps.isEmpty()) {
            steps.remove(random.nextInt(steps.size())).run();
        }
    }

    <T> Future<T> later(Supplier<@Nullable T> step) {
        Promise<T> promise = Promise.promise();
        steps.add(() -> promise.complete(step.get()));
        return promise.future();
    }

    /** @param fills whether nothing can be saved in the log from now on */
    void full(boolean fills) {
        full = fills;
    }

    /** Whom somebody tried to claim for which call. */
    List<Map.Entry<UUID, UUID>> claimed() {
        return claimed;
    }

    Map<UUID, UUID> claims() {
        return users;
    }

    /** The one call that is not over. */
    CallRecord only() {
        List<CallRecord> live = calls.values().stream()
                .map(CallEntry::call)
                .filter(call -> !call.isOver())
                .toList();
        if (live.size() != 1) {
            throw new AssertionError("live calls: " + live);
        }
        return live.get(0);
    }

    @Override
    public Future<Optional<CallEntry>> find(UUID call) {
        return later(() -> Optional.ofNullable(calls.get(call)));
    }

    @Override
    public Future<Map<UUID, CallEntry>> findAll(Collection<UUID> keys) {
        return later(() -> {
            Map<UUID, CallEntry> found = new HashMap<>(calls);
            found.keySet().retainAll(keys);
            return found;
        });
    }

    @Override
    public Future<Boolean> putIfAbsent(UUID call, CallEntry entry) {
        return later(() -> calls.putIfAbsent(call, entry) == null);
    }

    @Override
    public Future<Boolean> remove(UUID call, CallEntry entry) {
        return later(() -> calls.remove(call, entry));
    }

    @Override
    public Future<Void> put(UUID call, CallEntry entry) {
        throw new UnsupportedOperationException("a call begins once");
    }

    @Override
    public Future<Boolean> replace(UUID call, CallEntry before, CallEntry after) {
        return later(() -> calls.replace(call, before, after));
    }

    @Override
    public Future<Void> remove(UUID call) {
        return later(() -> {
            calls.remove(call);
            return null;
        });
    }

    @Override
    public Future<List<UUID>> owned(int shard) {
        return later(() -> List.copyOf(calls.keySet()));
    }

    @Override
    public Future<UUID> claim(UUID user, UUID call) {
        return later(() -> {
            claimed.add(Map.entry(user, call));
            UUID other = users.putIfAbsent(user, call);
            return other == null ? call : other;
        });
    }

    @Override
    public Future<Void> release(UUID user, UUID call) {
        return later(() -> {
            users.remove(user, call);
            return null;
        });
    }

    @Override
    public Future<Optional<UUID>> callOf(UUID user) {
        return later(() -> Optional.ofNullable(users.get(user)));
    }

    CallLog log() {
        return new CallLog() {
            @Override
            public Future<Void> save(Call call) {
                return full ? Future.failedFuture("no room in the log") : later(() -> null);
            }

            @Override
            public Future<List<Call>> list(UUID user, @Nullable UUID before, int limit) {
                return later(List::of);
            }

            @Override
            public Future<Optional<Call>> find(UUID call) {
                return later(Optional::empty);
            }

            @Override
            public Future<Callee> callee(UUID caller, UUID callee) {
                return later(() -> Callee.OPEN);
            }
        };
    }
}
