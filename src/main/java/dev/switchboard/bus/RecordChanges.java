package dev.switchboard.bus;

import dev.switchboard.protocol.Fault;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Changes records: reads, asks the rule, saves by compare-and-set, then does what follows. Works on any node; the changes
 * of one record take turns here, so that requests that come at once to its owner do not race each other. Used on one
 * context only.
 *
 * @param <E> a record, with whatever of its last change is still to be done
 */
public final class RecordChanges<E> {
    /** Lost races are tried again so often; each means that another node made progress. */
    private static final int TRIES = 20;

    /** So many changes of one record may wait for their turn. */
    private static final int MAX_WAITING = 5_000;

    private final RecordStore<E> store;
    private final Work<E> work;
    private final Map<UUID, Deque<Runnable>> turns = new HashMap<>();

    /** What follows from changes. */
    public interface Work<E> {
        /** Makes a record that is not there; fails with {@code not_found} where there can be none. */
        Future<E> load(UUID key);

        /** A record that was {@linkplain #load made} is saved; nobody else made it. */
        default Future<Void> created(E record) {
            return Future.succeededFuture();
        }

        /** Does what a record still asks for; doing it twice harms nothing. */
        Future<Void> perform(E record);

        /** The record when all of that is done; the very same where nothing was asked for. */
        E done(E record);
    }

    public RecordChanges(RecordStore<E> store, Work<E> work) {
        this.store = store;
        this.work = work;
    }

    /**
     * Changes a record, or the one that {@link Work#load} makes.
     *
     * @param rule gives the changed record, the very same for no change, or throws
     * @return the record afterwards
     */
    public Future<E> change(UUID key, UnaryOperator<E> rule) {
        return inTurn(key, () -> attempt(key, rule, true, TRIES));
    }

    /** Changes a record if it is there; else fails with {@code not_found}. */
    public Future<E> changeExisting(UUID key, UnaryOperator<E> rule) {
        return inTurn(key, () -> attempt(key, rule, false, TRIES));
    }

    /** Does what a record still asks for, although nothing changes. */
    public Future<Void> finish(UUID key) {
        return inTurn(key, () -> store.find(key)
                .compose(found -> found.isEmpty()
                        ? Future.succeededFuture()
                        : perform(key, found.get()).mapEmpty()));
    }

    /** Runs something between two changes of a record. */
    public <T> Future<T> inTurn(UUID key, Supplier<Future<T>> action) {
        Deque<Runnable> waiting = turns.get(key);
        Promise<T> promise = Promise.promise();
        Runnable run = () -> {
            Future<T> result;
            try {
                result = action.get();
            } catch (RuntimeException e) {
                result = Future.failedFuture(e);
            }
            result.onComplete(done -> {
                next(key);
                promise.handle(done);
            });
        };
        if (waiting == null) {
            turns.put(key, new ArrayDeque<>());
            run.run();
        } else if (waiting.size() >= MAX_WAITING) {
            promise.fail(Fault.UNAVAILABLE.because("Too much happens at once; ask again."));
        } else {
            waiting.add(run);
        }
        return promise.future();
    }

    private void next(UUID key) {
        Deque<Runnable> waiting = turns.get(key);
        Runnable run = waiting == null ? null : waiting.poll();
        if (run == null) {
            turns.remove(key);
        } else {
            run.run();
        }
    }

    private Future<E> attempt(UUID key, UnaryOperator<E> rule, boolean mayLoad, int tries) {
        if (tries == 0) {
            return Future.failedFuture(Fault.UNAVAILABLE.because("It changes too fast; ask again."));
        }
        return store.find(key).compose(found -> {
            if (found.isEmpty()) {
                return mayLoad
                        ? make(key).compose(done -> attempt(key, rule, true, tries - 1))
                        : Future.failedFuture(Fault.NOT_FOUND.because("It is over."));
            }
            E before = found.get();
            E after = rule.apply(before);
            if (after == before) {
                return Future.succeededFuture(before);
            }
            return store.replace(key, before, after)
                    .compose(saved -> saved ? perform(key, after) : attempt(key, rule, mayLoad, tries - 1));
        });
    }

    private Future<Void> make(UUID key) {
        return work.load(key).compose(made -> store.putIfAbsent(key, made)
                .compose(fresh -> fresh ? work.created(made) : Future.succeededFuture()));
    }

    /** Does what the last change asked for, and notes that it is done. */
    private Future<E> perform(UUID key, E record) {
        return work.perform(record).compose(told -> {
            E done = work.done(record);
            return done == record
                    ? Future.succeededFuture(record)
                    : store.replace(key, record, done).map(record);
        });
    }

    /** The record as it is now. */
    public Future<Optional<E>> find(UUID key) {
        return store.find(key);
    }
}
