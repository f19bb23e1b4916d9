package dev.switchboard.room;

import dev.switchboard.bus.Bus;
import dev.switchboard.bus.Delivery;
import dev.switchboard.bus.Json;
import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.Message;
import dev.switchboard.protocol.Part;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rooms of one shard that this node owns and has loaded. A room is read from the database when it is first asked for
 * and forgotten when it moves to another node, or when nobody has asked for it or followed it for a while.
 */
final class RoomShard implements Committer.Rooms {
    private static final Logger LOG = LoggerFactory.getLogger(RoomShard.class);
    private static final int HEADS_AT_ONCE = 1_000;

    /** Longer than any request waits: a room touched so lately may be about to be followed. */
    private static final long IN_USE_NANOS = Duration.ofSeconds(15).toNanos();

    /** How often a room is read again whose members change meanwhile; the next commit or comparison goes on. */
    private static final int REFRESHES = 5;

    private final Bus bus;
    private final RoomStore store;
    private final Committer committer;
    private final Supplier<RoomOptions> options;
    private final Map<UUID, LiveRoom> rooms = new HashMap<>();
    private final Map<UUID, Future<LiveRoom>> loading = new HashMap<>();

    /** @param options bounds of the whole node; each shard has its share. Asked each time: they may change */
    RoomShard(Bus bus, RoomStore store, Supplier<RoomOptions> options, RoomMeters meters) {
        this.bus = bus;
        this.store = store;
        this.options = options;
        this.committer = new Committer(
                store, this, () -> Math.max(1, options.get().maxQueued() / Part.SHARDS), meters, this::publish);
    }

    RoomStore store() {
        return store;
    }

    Bus bus() {
        return bus;
    }

    Committer committer() {
        return committer;
    }

    /**
     * The room, loaded.
     *
     * @return fails with {@code moved} when another node owns it, {@code not_found} when there is none
     */
    Future<LiveRoom> room(UUID roomId) {
        if (!owns(roomId)) {
            giveUp(roomId);
            return Future.failedFuture(Fault.MOVED.because("Another node owns this conversation."));
        }
        LiveRoom live = rooms.get(roomId);
        if (live != null) {
            live.touch();
            return Future.succeededFuture(live);
        }
        Future<LiveRoom> underWay = loading.get(roomId);
        if (underWay != null) {
            return underWay;
        }
        Future<LiveRoom> load = store.load(roomId).map(room -> {
            loading.remove(roomId);
            if (room == null) {
                throw Fault.NOT_FOUND.because("No such conversation.");
            }
            LiveRoom loaded = new LiveRoom(room);
            rooms.put(roomId, loaded);
            return loaded;
        });
        if (!load.isComplete()) {
            loading.put(roomId, load);
            load.onFailure(e -> loading.remove(roomId));
        }
        return load;
    }

    @Override
    public @Nullable Room get(UUID roomId) {
        LiveRoom live = rooms.get(roomId);
        return live == null ? null : live.room();
    }

    @Override
    public void giveUp(UUID roomId) {
        rooms.remove(roomId);
    }

    @Override
    public boolean owns(UUID roomId) {
        return bus.ownership().owns(roomId.toString());
    }

    /**
     * A room as a request found it, if it is still the one that counts after the request waited.
     *
     * @throws dev.switchboard.protocol.FaultException {@code moved} when it was given up meanwhile
     */
    void check(LiveRoom live) {
        if (rooms.get(live.room().id()) != live) {
            throw Fault.MOVED.because("The conversation moved meanwhile.");
        }
    }

    /** Runs for every loaded room that is still ours; forgets the others, and the oldest of those that nobody follows. */
    void sweep(Consumer<LiveRoom> each) {
        long now = System.nanoTime();
        List<LiveRoom> idle = new ArrayList<>();
        for (Iterator<LiveRoom> all = rooms.values().iterator(); all.hasNext(); ) {
            LiveRoom live = all.next();
            if (!owns(live.room().id())) {
                all.remove();
                continue;
            }
            each.accept(live);
            if (live.audience().size() == 0 && live.membership().idle() && now - live.touchedAt() > IN_USE_NANOS) {
                idle.add(live);
            }
        }
        long idleNanos = options.get().idleTimeout().toNanos();
        int maxIdle = options.get().maxIdle() / Part.SHARDS;
        idle.sort(Comparator.comparingLong(LiveRoom::touchedAt));
        for (LiveRoom live : idle) {
            if (now - live.touchedAt() > idleNanos || rooms.size() > maxIdle) {
                giveUp(live.room().id());
            }
        }
    }

    /**
     * Compares the heads and the members of all loaded rooms with the database. A room can have had another owner without this node
     * noticing: when it stood still, or when partitions went and came back.
     */
    void compareHeads() {
        List<UUID> ids = List.copyOf(rooms.keySet());
        for (int from = 0; from < ids.size(); from += HEADS_AT_ONCE) {
            store.heads(ids.subList(from, Math.min(ids.size(), from + HEADS_AT_ONCE)))
                    .onSuccess(heads -> heads.forEach(this::compare))
                    .onFailure(e -> LOG.warn("The heads of rooms could not be compared: {}", e.toString()));
        }
    }

    private void compare(UUID roomId, RoomStore.Head stored) {
        Room room = get(roomId);
        if (room == null || !owns(roomId)) {
            return;
        }
        Future<?> members = stored.version() == room.version() ? Future.succeededFuture() : refresh(room);
        Future<?> log = stored.seq() <= room.head() ? Future.succeededFuture() : committer.catchUp(room);
        Future.join(members, log).onFailure(e -> LOG.warn("{} could not be read again: {}", roomId, e.toString()));
    }

    /**
     * Takes a change that was stored into memory; when others changed the room in between, or its change was answered out
     * of turn, everything is read again instead.
     *
     * @param before the count of changes that this one follows
     * @param after the count with it
     */
    Future<Void> changed(LiveRoom live, long before, long after, Runnable change) {
        LiveRoom now = rooms.get(live.room().id());
        if (now == null) {
            return Future.succeededFuture();
        }
        if (now != live || now.room().version() != before) {
            return refresh(now.room());
        }
        change.run();
        now.room().version(after);
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> refresh(Room room) {
        return refresh(room, REFRESHES);
    }

    private Future<Void> refresh(Room room, int tries) {
        int edits = room.edits();
        return store.load(room.id()).compose(stored -> {
            LiveRoom live = rooms.get(room.id());
            if (live == null || live.room() != room) {
                return Future.succeededFuture();
            }
            if (room.edits() != edits) {
                // What was read may be older than what is known by now.
                return tries > 1 ? refresh(room, tries - 1) : Future.succeededFuture();
            }
            if (stored != null && stored.version() >= room.version()) {
                room.reload(stored);
            }
            List.copyOf(live.audience().users()).stream()
                    .filter(user -> stored == null || !room.members().containsKey(user))
                    .forEach(user -> evict(live, user));
            if (stored == null) {
                giveUp(room.id());
            }
            return Future.succeededFuture();
        });
    }

    /** How many rooms are loaded. */
    int size() {
        return rooms.size();
    }

    /** Every loaded room. */
    Iterable<LiveRoom> loaded() {
        return List.copyOf(rooms.values());
    }

    private void publish(UUID roomId, List<Event<Message>> events) {
        LiveRoom live = Objects.requireNonNull(rooms.get(roomId));
        deliver(live, Objects.requireNonNull(events.get(0).seq()), events);
    }

    /** Pushes state, which has no number, to everybody who follows the room. */
    void publishState(LiveRoom live, Event<?> event) {
        deliver(live, 0, List.of(event));
    }

    /** Ends a user's following: nothing of the room reaches the user's sockets after this. */
    void evict(LiveRoom live, UUID user) {
        for (String node : List.copyOf(live.audience().nodes())) {
            evict(live.room().id(), user, node);
            live.audience().leave(node, user);
        }
    }

    /** Ends what one node's sockets of a user follow, of which this room's audience knows nothing. */
    void evict(UUID roomId, UUID user, String node) {
        bus.deliver(node, Delivery.eviction(roomId, user));
    }

    private void deliver(LiveRoom live, long firstSeq, List<? extends Event<?>> events) {
        if (live.audience().nodes().isEmpty()) {
            return;
        }
        Delivery delivery = new Delivery(
                Delivery.ROOM + live.room().id(),
                firstSeq,
                events.stream().map(Json::bytes).toList());
        live.audience().nodes().forEach(node -> bus.deliver(node, delivery));
    }
}
