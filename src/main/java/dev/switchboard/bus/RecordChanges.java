package dev.switchboard.bus;

import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

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

    private static final int MAX_KNOWN = 10_000;

    private final RecordStore<E> store;
    private final Work<E> work;
    private final Map<UUID, Deque<Runnable>> turns = new HashMap<>();

    /** As they were seen last: mostly they still are, and one that is not is noticed when it is to be replaced. */
    private final Map<UUID, E> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, E> eldest) {
            return size() > MAX_KNOWN;
        }
    };

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

    /**
     * Saves a record that is not there yet, and does what it asks for.
     *
     * @return whether it was not there
     */
    public Future<Boolean> create(UUID key, E record) {
        return inTurn(key, () -> store.putIfAbsent(key, record)
                .compose(fresh -> fresh ? perform(key, record).map(true) : Future.succeededFuture(false)));
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
        E seen = known.get(key);
        E changed = seen == null ? null : changed(seen, rule);
        if (seen != null && changed != null) {
            return replace(key, seen, changed, () -> attempt(key, rule, mayLoad, tries - 1));
        }
        // Never seen, or nothing to change in what was seen: then only what is there now can say so.
        return store.find(key).compose(found -> {
            if (found.isEmpty()) {
                known.remove(key);
                return mayLoad
                        ? make(key).compose(done -> attempt(key, rule, true, tries - 1))
                        : Future.failedFuture(Fault.NOT_FOUND.because("It is over."));
            }
            E before = found.get();
            known.put(key, before);
            E after = rule.apply(before);
            return after == before
                    ? Future.succeededFuture(before)
                    : replace(key, before, after, () -> attempt(key, rule, mayLoad, tries - 1));
        });
    }

    private static <E> @Nullable E changed(E before, UnaryOperator<E> rule) {
        try {
            E after = rule.apply(before);
            return after == before ? null : after;
        } catch (FaultException refused) {
            return null;
        }
    }

    private Future<E> replace(UUID key, E before, E after, Supplier<Future<E>> otherwise) {
        return store.replace(key, before, after).compose(saved -> {
            if (saved) {
                return perform(key, after);
            }
            known.remove(key);
            return otherwise.get();
        });
    }

    private Future<Void> make(UUID key) {
        return work.load(key).compose(made -> store.putIfAbsent(key, made)
                .compose(fresh -> fresh ? work.created(made) : Future.succeededFuture()));
    }

    /** Does what the last change asked for, and notes that it is done. */
    private Future<E> perform(UUID key, E record) {
        known.put(key, record);
        return work.perform(record).compose(told -> {
            E done = work.done(record);
            return done == record
                    ? Future.succeededFuture(record)
                    : store.replace(key, record, done)
                            .onSuccess(saved -> {
                                if (saved) {
                                    known.put(key, done);
                                }
                            })
                            .map(record);
        });
    }

    /** The record as it is now. */
    public Future<Optional<E>> find(UUID key) {
        // What came back may be older than what was saved meanwhile.
        return store.find(key).onSuccess(found -> found.ifPresent(record -> known.putIfAbsent(key, record)));
    }

    /** The record as it was last seen here: as it is, where no other node changes it; null when it never was. */
    public @Nullable E known(UUID key) {
        return known.get(key);
    }

    /** Keys moved: others may have changed records. */
    public void forgetAll() {
        known.clear();
    }

    /** One that is not expected to change any more. */
    public void forget(UUID key) {
        known.remove(key);
    }
}
