package dev.switchboard.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
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
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Several nodes change one record at once, each of their steps in an order that chance chooses. */
class RecordChangesTest {
    private static final UUID KEY = new UUID(0, 1);
    private static final int ROOM = 10;

    /** Who is in, and who has not been announced yet. */
    private record Guests(List<Integer> inside, List<Integer> pending) {}

    private final List<Integer> announced = new ArrayList<>();

    private final class Party implements RecordChanges.Work<Guests> {
        private final Shuffled<Guests> store;
        private boolean dies;

        Party(Shuffled<Guests> store) {
            this.store = store;
        }

        @Override
        public Future<Guests> load(UUID key) {
            return store.later(() -> new Guests(List.of(), List.of()));
        }

        @Override
        public Future<Void> perform(Guests guests) {
            if (dies) {
                return Future.failedFuture(Fault.UNAVAILABLE.because("The node died."));
            }
            announced.addAll(guests.pending());
            return Future.succeededFuture();
        }

        @Override
        public Guests done(Guests guests) {
            return guests.pending().isEmpty() ? guests : new Guests(guests.inside(), List.of());
        }
    }

    private static Guests enter(Guests before, int guest) {
        if (before.inside().contains(guest)) {
            return before;
        }
        if (before.inside().size() >= ROOM) {
            throw Fault.MEETING_FULL.because("full");
        }
        List<Integer> inside = new ArrayList<>(before.inside());
        inside.add(guest);
        List<Integer> pending = new ArrayList<>(before.pending());
        pending.add(guest);
        return new Guests(inside, pending);
    }

    @Property(tries = 500)
    void nobodyIsLetInBeyondTheRoom(@ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int nodes) {
        announced.clear();
        var store = new Shuffled<Guests>(seed);
        List<RecordChanges<Guests>> changes = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            changes.add(new RecordChanges<>(store, new Party(store)));
        }
        List<Future<Guests>> asked = new ArrayList<>();
        for (int guest = 0; guest < 40; guest++) {
            int who = guest;
            asked.add(changes.get(guest % nodes).change(KEY, g -> enter(g, who)));
        }
        store.run();
        assertThat(asked).allMatch(Future::isComplete);
        Guests last = store.records.get(KEY);
        assertThat(last.inside()).hasSize(ROOM).doesNotHaveDuplicates();
        assertThat(last.pending()).isEmpty();
        assertThat(announced).containsAll(last.inside());
        if (nodes == 1) {
            assertThat(announced).as("once, by whoever owns it alone").doesNotHaveDuplicates();
        }
        for (int guest = 0; guest < asked.size(); guest++) {
            if (asked.get(guest).succeeded()) {
                assertThat(last.inside()).contains(guest);
            } else {
                assertThat(((FaultException) asked.get(guest).cause()).fault()).isEqualTo(Fault.MEETING_FULL);
            }
        }
    }

    @Test
    void whatAnotherNodeChangedIsNoticedByAnyChange() {
        var store = new Shuffled<Guests>(1);
        var here = new RecordChanges<>(store, new Party(store));
        var there = new RecordChanges<>(store, new Party(store));
        here.change(KEY, g -> enter(g, 1));
        store.run();
        for (int guest = 2; guest <= ROOM; guest++) {
            int who = guest;
            there.change(KEY, g -> enter(g, who));
        }
        store.run();
        Future<Guests> full = here.change(KEY, g -> enter(g, ROOM + 1));
        Future<Guests> inside = here.change(KEY, g -> enter(g, 2));
        store.run();
        assertThat(((FaultException) full.cause()).fault()).isEqualTo(Fault.MEETING_FULL);
        assertThat(inside.result().inside()).hasSize(ROOM);
    }

    @Test
    void whatADeadNodeLeftUndoneIsDoneByTheNext() {
        var store = new Shuffled<Guests>(1);
        Party dying = new Party(store);
        dying.dies = true;
        Future<Guests> lost = new RecordChanges<>(store, dying).change(KEY, g -> enter(g, 1));
        store.run();
        assertThat(lost.failed()).isTrue();
        var next = new RecordChanges<>(store, new Party(store));
        next.finish(KEY);
        store.run();
        assertThat(announced).containsExactly(1);
        next.changeExisting(KEY, g -> enter(g, 2));
        store.run();
        assertThat(announced).containsExactly(1, 2);
    }

    @Test
    void whatIsNotThereIsNotMadeByThoseWhoMustNot() {
        var store = new Shuffled<Guests>(1);
        Future<Guests> asked = new RecordChanges<>(store, new Party(store)).changeExisting(KEY, g -> enter(g, 1));
        store.run();
        assertThat(((FaultException) asked.cause()).fault()).isEqualTo(Fault.NOT_FOUND);
        assertThat(store.records).isEmpty();
    }

    /** A store whose steps happen one at a time. */
    private static final class Shuffled<E> implements RecordStore<E> {
        private final Random random;
        private final List<Runnable> steps = new ArrayList<>();
        private final Map<UUID, E> records = new HashMap<>();

        Shuffled(long seed) {
            random = new Random(seed);
        }

        void run() {
            while (!steps.isEmpty()) {
                steps.remove(random.nextInt(steps.size())).run();
            }
        }

        <T> Future<T> later(Supplier<T> step) {
            Promise<T> promise = Promise.promise();
            steps.add(() -> promise.complete(step.get()));
            return promise.future();
        }

        @Override
        public Future<Optional<E>> find(UUID key) {
            return later(() -> Optional.ofNullable(records.get(key)));
        }

        @Override
        public Future<Map<UUID, E>> findAll(Collection<UUID> keys) {
            return later(() -> Map.copyOf(records));
        }

        @Override
        public Future<Void> put(UUID key, E record) {
            return later(() -> {
                records.put(key, record);
                return null;
            });
        }

        @Override
        public Future<Boolean> putIfAbsent(UUID key, E record) {
            return later(() -> records.putIfAbsent(key, record) == null);
        }

        @Override
        public Future<Boolean> replace(UUID key, E before, E after) {
            return later(() -> records.replace(key, before, after));
        }

        @Override
        public Future<Boolean> remove(UUID key, E record) {
            return later(() -> records.remove(key, record));
        }

        @Override
        public Future<Void> remove(UUID key) {
            return later(() -> {
                records.remove(key);
                return null;
            });
        }

        @Override
        public Future<List<UUID>> owned(int shard) {
            return later(() -> List.copyOf(records.keySet()));
        }
    }
}
