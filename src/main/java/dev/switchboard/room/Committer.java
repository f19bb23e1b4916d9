package dev.switchboard.room;

import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.Message;
import dev.switchboard.protocol.RoomOperations.Sent;
import dev.switchboard.room.Room.ClientKey;
import dev.switchboard.room.RoomStore.Append;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Group commit of one shard: while a transaction is under way drafts queue up, then all of them go into the next one. A
 * draft is answered after its commit.
 *
 * <p>When a commit does not succeed whole, nothing is assumed: the rooms concerned are read again from the database, what
 * turns out to be stored is published and answered, and the rest is numbered anew. So a fenced owner, a lost connection
 * and a commit that came through late all end the same way.
 */
final class Committer {
    private static final Logger LOG = LoggerFactory.getLogger(Committer.class);

    private static final int MAX_BATCH = 512;
    private static final int MAX_TRIES = 4;

    /** How many repeats are remembered that the database found: one that is repeated again costs nobody a commit. */
    private static final int MAX_REPEATED = 4_096;

    private final RoomStore store;
    private final RoomMeters meters;
    private final IntSupplier maxQueued;
    private final BiConsumer<UUID, List<Event<Message>>> publish;
    private final Rooms rooms;
    private final Deque<Pending> queue = new ArrayDeque<>();
    private final Map<ClientKey, Promise<Event<Message>>> underWay = new HashMap<>();
    private final Map<ClientKey, Sent> repeated = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ClientKey, Sent> eldest) {
            return size() > MAX_REPEATED;
        }
    };

    /** So many at the head of the queue are no repeats, as the database has just said: they are committed by themselves. */
    private int verified;

    private boolean committing;

    /** Where the rooms of the shard are found, as long as this node owns them. */
    interface Rooms {
        /** The loaded room, or null when it was given up. */
        @Nullable
        Room get(UUID roomId);

        /** Gives up a room that this node may not own any more. */
        void giveUp(UUID roomId);

        /** Reads members, roles and title again; ends the following of those who do not belong any more. */
        Future<Void> refresh(Room room);

        /** Whether the partition table says that this node owns the room. */
        boolean owns(UUID roomId);
    }

    /** One message can be created and changed in the same stretch of a log. */
    private record EntryKey(String type, UUID messageId) {}

    private static final class Pending {
        private final UUID roomId;
        private final Draft draft;
        private final Promise<Event<Message>> promise = Promise.promise();
        private int tries;

        Pending(UUID roomId, Draft draft) {
            this.roomId = roomId;
            this.draft = draft;
        }
    }

    /** A message that was stored earlier, under another number than the repeated request would have got. */
    static final class AlreadySent extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Sent sent;

        AlreadySent(Sent sent) {
            super("already sent", null, false, false);
            this.sent = sent;
        }

        Sent sent() {
            return sent;
        }
    }

    /**
     * @param maxQueued drafts that may wait; more are refused with {@code unavailable}
     * @param publish told of committed events, room by room in order, before the senders are answered
     */
    Committer(
            RoomStore store,
            Rooms rooms,
            IntSupplier maxQueued,
            RoomMeters meters,
            BiConsumer<UUID, List<Event<Message>>> publish) {
        this.store = store;
        this.meters = meters;
        this.maxQueued = maxQueued;
        this.rooms = rooms;
        this.publish = publish;
    }

    /** How many drafts wait for a commit. */
    int queued() {
        return queue.size();
    }

    /**
     * Appends to a room's log.
     *
     * @return the committed event; fails with {@link AlreadySent} for a repeated {@code clientId}, {@code moved} when the
     *     room has another owner, {@code unavailable} when the database is slow or away
     */
    Future<Event<Message>> append(UUID roomId, Draft draft) {
        ClientKey key = draft.clientKey();
        Sent before = key == null ? null : repeated.get(key);
        if (before != null) {
            return Future.failedFuture(new AlreadySent(before));
        }
        Promise<Event<Message>> twin = key == null ? null : underWay.get(key);
        if (twin != null) {
            return twin.future().compose(e -> Future.failedFuture(new AlreadySent(sent(e))));
        }
        if (queue.size() >= maxQueued.getAsInt()) {
            meters.refused();
            return Future.failedFuture(Fault.UNAVAILABLE.because("Too many messages are waiting to be stored."));
        }
        Pending pending = new Pending(roomId, draft);
        if (key != null) {
            underWay.put(key, pending.promise);
            pending.promise.future().onComplete(done -> underWay.remove(key));
        }
        queue.add(pending);
        commitNext();
        return pending.promise.future();
    }

    private static Sent sent(Event<Message> event) {
        Message m = event.data();
        return new Sent(m.id(), m.seq(), m.createdAt(), true);
    }

    private void commitNext() {
        if (committing || queue.isEmpty()) {
            return;
        }
        Map<UUID, List<Pending>> batch = takeBatch();
        List<Append> appends = new ArrayList<>(batch.size());
        batch.forEach((roomId, pending) -> {
            Room room = rooms.get(roomId);
            if (room == null) {
                pending.forEach(p -> p.promise.fail(Fault.MOVED.because("The conversation moved to another node.")));
                return;
            }
            pending.removeIf(p -> refused(room, p));
            if (!pending.isEmpty()) {
                appends.add(new Append(
                        roomId,
                        room.head(),
                        room.version(),
                        room.number(pending.stream().map(p -> p.draft).toList())));
            }
        });
        if (appends.isEmpty()) {
            commitNext();
            return;
        }
        committing = true;
        long since = System.nanoTime();
        // Whatever throws on the way, as a failed future: the flag is reset on every path.
        Future.succeededFuture()
                .compose(v -> store.commit(appends))
                .transform(done -> {
                    count(appends, since, done);
                    return settle(batch, appends, done);
                })
                .onComplete(settled -> {
                    committing = false;
                    if (settled.failed()) {
                        LOG.error("After a commit", settled.cause());
                    }
                    commitNext();
                });
    }

    private void count(List<Append> appends, long since, AsyncResult<Set<UUID>> done) {
        int events = appends.stream().mapToInt(append -> append.events().size()).sum();
        boolean known = done.succeeded() || done.cause() instanceof RoomStore.DuplicateClientId;
        meters.committed(events, System.nanoTime() - since, known);
    }

    private Future<?> settle(Map<UUID, List<Pending>> batch, List<Append> appends, AsyncResult<Set<UUID>> done) {
        if (done.succeeded()) {
            List<Future<?>> repairs = new ArrayList<>();
            for (Append append : appends) {
                List<Pending> pending = Objects.requireNonNull(batch.get(append.roomId()));
                if (!done.result().contains(append.roomId()) || !succeed(append, pending)) {
                    repairs.add(repair(append.roomId(), pending));
                }
            }
            return Future.join(repairs);
        }
        if (done.cause() instanceof RoomStore.DuplicateClientId) {
            return answerDuplicates(batch);
        }
        LOG.warn(
                "A commit failed, reading {} rooms again: {}",
                appends.size(),
                done.cause().toString());
        return Future.join(appends.stream()
                .map(a -> repair(a.roomId(), Objects.requireNonNull(batch.get(a.roomId()))))
                .toList());
    }

    /** Its sender was removed while it waited. */
    private static boolean refused(Room room, Pending pending) {
        boolean stranger = pending.draft.isNew()
                && !room.members().containsKey(pending.draft.message().senderId());
        if (stranger) {
            pending.promise.fail(Fault.NOT_A_MEMBER.because("You are not a member of this conversation."));
        }
        return stranger;
    }

    private Map<UUID, List<Pending>> takeBatch() {
        Map<UUID, List<Pending>> batch = new LinkedHashMap<>();
        int size = verified > 0 ? verified : MAX_BATCH;
        verified = 0;
        for (int i = 0; i < size && !queue.isEmpty(); i++) {
            Pending pending = queue.removeFirst();
            batch.computeIfAbsent(pending.roomId, r -> new ArrayList<>()).add(pending);
        }
        return batch;
    }

    /** @return false when the room's state could not take them up: it must be read again */
    private boolean succeed(Append append, List<Pending> pending) {
        Room room = rooms.get(append.roomId());
        // Given up while it was being stored? Stored it is; whoever owns the room now reads it from there.
        if (room != null && room.head() == append.expectedHead()) {
            try {
                room.committed(append.events());
                publish.accept(append.roomId(), append.events());
            } catch (RuntimeException e) {
                LOG.error("{} could not take up what was stored", append.roomId(), e);
                if (room.head() == append.expectedHead()) {
                    return false;
                }
                // Not all was published: whoever follows notices the gap, and asks.
            }
        }
        for (int i = 0; i < pending.size(); i++) {
            answer(pending.get(i), append.events().get(i));
        }
        return true;
    }

    /** What the asker makes of the answer may fail; the others are answered all the same. */
    private static void answer(Pending pending, Event<Message> event) {
        try {
            pending.promise.tryComplete(event);
        } catch (RuntimeException e) {
            LOG.error("An answer was not taken", e);
        }
    }

    private Future<?> answerDuplicates(Map<UUID, List<Pending>> batch) {
        List<Pending> all = batch.values().stream().flatMap(List::stream).toList();
        List<ClientKey> keys = all.stream()
                .map(p -> p.draft.clientKey())
                .filter(Objects::nonNull)
                .toList();
        return store.findSent(keys).transform(found -> {
            List<Pending> rest = new ArrayList<>();
            for (Pending p : all) {
                ClientKey key = p.draft.clientKey();
                Sent sent = found.succeeded() && key != null ? found.result().get(key) : null;
                if (key != null && sent != null) {
                    repeated.put(key, sent);
                    p.promise.fail(new AlreadySent(sent));
                } else {
                    rest.add(p);
                }
            }
            if (rest.size() < all.size()) {
                // Others repeated themselves. Those who did not pay with no try, and meet no more of it.
                requeue(rest);
                verified = rest.size();
            } else {
                again(rest);
            }
            return Future.succeededFuture();
        });
    }

    /** Reads what the database has after our head, publishes it, answers those whose entry is there, retries the rest. */
    private Future<?> repair(UUID roomId, List<Pending> pending) {
        Room room = rooms.get(roomId);
        if (room == null || !rooms.owns(roomId)) {
            rooms.giveUp(roomId);
            pending.forEach(p -> p.promise.fail(Fault.MOVED.because("The conversation moved to another node.")));
            return Future.succeededFuture();
        }
        return current(room).transform(caughtUp -> {
            if (caughtUp.failed()) {
                // The head may be behind what is stored: then the next commit does not pass and reads it again.
                pending.forEach(p -> p.promise.fail(Fault.UNAVAILABLE.because("The message could not be stored.")));
                return Future.succeededFuture();
            }
            Map<EntryKey, Event<Message>> stored = new HashMap<>();
            caughtUp.result()
                    .forEach(e -> stored.put(new EntryKey(e.type(), e.data().id()), e));
            List<Pending> rest = new ArrayList<>();
            for (Pending p : pending) {
                Message wanted = p.draft.message();
                Event<Message> event = stored.get(new EntryKey(p.draft.type(), wanted.id()));
                if (event != null && event.data().version() >= wanted.version()) {
                    answer(p, event);
                } else if (p.draft.isNew()) {
                    rest.add(p);
                } else {
                    // Made from a version that may be stale: the request is carried out anew.
                    p.promise.fail(Fault.MOVED.because("The message changed in the meantime."));
                }
            }
            again(rest);
            return Future.succeededFuture();
        });
    }

    /** A commit that did not pass met another head, or other members. */
    private Future<List<Event<Message>>> current(Room room) {
        return store.heads(List.of(room.id()))
                .compose(heads -> {
                    RoomStore.Head stored = heads.get(room.id());
                    return stored != null && stored.version() == room.version()
                            ? Future.succeededFuture()
                            : rooms.refresh(room);
                })
                .compose(known -> catchUp(room));
    }

    /**
     * Reads what the database has after the room's head, and publishes it.
     *
     * @return the events read
     */
    Future<List<Event<Message>>> catchUp(Room room) {
        List<Event<Message>> missed = new ArrayList<>();
        return catchUp(room, missed).map(missed);
    }

    private Future<Void> catchUp(Room room, List<Event<Message>> missed) {
        return store.events(room.id(), room.head(), MAX_BATCH).compose(read -> {
            missed.addAll(read);
            // A commit, or another reading, may have moved the head meanwhile.
            List<Event<Message>> events = read.stream()
                    .filter(e -> Objects.requireNonNull(e.seq()) > room.head())
                    .toList();
            if (events.isEmpty() || rooms.get(room.id()) != room) {
                return Future.succeededFuture();
            }
            room.committed(events);
            publish.accept(room.id(), events);
            return catchUp(room, missed);
        });
    }

    private void again(List<Pending> rest) {
        List<Pending> left = new ArrayList<>(rest.size());
        for (Pending p : rest) {
            if (++p.tries < MAX_TRIES) {
                left.add(p);
            } else {
                p.promise.fail(Fault.UNAVAILABLE.because("The message could not be stored."));
            }
        }
        requeue(left);
    }

    private void requeue(List<Pending> rest) {
        for (int i = rest.size() - 1; i >= 0; i--) {
            queue.addFirst(rest.get(i));
        }
    }
}
