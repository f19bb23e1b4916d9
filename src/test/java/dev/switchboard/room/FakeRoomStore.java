package dev.switchboard.room;

import dev.switchboard.protocol.Conversation;
import dev.switchboard.protocol.Conversation.Member;
import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Message;
import dev.switchboard.protocol.RoomOperations.Sent;
import dev.switchboard.room.Room.ClientKey;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * The log in memory, with PostgreSQL's rules (compare-and-set of head and members, unique client ids, all or nothing), shared by
 * several owners. Commits wait until {@link #step} carries them out, so that a test decides what happens first.
 */
final class FakeRoomStore implements RoomStore {
    /** What becomes of a commit. */
    enum Outcome {
        DONE,
        /** Stored, but the answer is lost. */
        ANSWER_LOST,
        /** Not stored, and nobody knows. */
        LOST
    }

    private record Waiting(List<Append> appends, Promise<Set<UUID>> promise) {}

    final List<Event<Message>> log = new ArrayList<>();
    private final Map<ClientKey, Sent> sent = new HashMap<>();
    private final Map<UUID, Member> members;
    /** What is read now is answered after this. */
    Future<Void> reading = Future.succeededFuture();

    private final UUID roomId;
    private long version;
    private boolean deleted;
    private final Deque<Waiting> waiting = new ConcurrentLinkedDeque<>();

    FakeRoomStore(UUID roomId, Collection<UUID> members) {
        this.roomId = roomId;
        this.members = new LinkedHashMap<>();
        members.forEach(this::addMember);
    }

    Member addMember(UUID user) {
        return members.computeIfAbsent(user, u -> new Member(u, "user", Member.MEMBER, Instant.EPOCH, 0));
    }

    void removeMember(UUID user) {
        members.remove(user);
    }

    boolean role(UUID user, String role) {
        return members.computeIfPresent(user, (u, member) -> member.withRole(role)) != null;
    }

    void delete() {
        deleted = true;
    }

    /** One more change of members. */
    long count() {
        return ++version;
    }

    boolean idle() {
        return waiting.isEmpty();
    }

    /** Carries out one of the commits that wait. */
    void step(int which, Outcome outcome) {
        List<Waiting> all = new ArrayList<>(waiting);
        Waiting next = all.get(Math.floorMod(which, all.size()));
        waiting.remove(next);
        if (outcome == Outcome.LOST) {
            next.promise.fail(new IllegalStateException("connection lost"));
            return;
        }
        try {
            Set<UUID> accepted = apply(next.appends);
            if (outcome == Outcome.ANSWER_LOST) {
                next.promise.fail(new IllegalStateException("connection lost"));
            } else {
                next.promise.complete(accepted);
            }
        } catch (DuplicateClientId e) {
            next.promise.fail(e);
        }
    }

    private Set<UUID> apply(List<Append> appends) {
        Set<ClientKey> fresh = new HashSet<>();
        Set<UUID> accepted = new HashSet<>();
        for (Append append : appends) {
            if (append.expectedHead() == log.size() && append.expectedVersion() == version) {
                for (Event<Message> event : append.events()) {
                    ClientKey key = key(event);
                    if (key != null && (sent.containsKey(key) || !fresh.add(key))) {
                        throw new DuplicateClientId();
                    }
                }
                accepted.add(append.roomId());
            }
        }
        appends.stream()
                .filter(a -> accepted.contains(a.roomId()))
                .flatMap(a -> a.events().stream())
                .forEach(event -> {
                    log.add(event);
                    ClientKey key = key(event);
                    if (key != null) {
                        Message m = event.data();
                        sent.put(key, new Sent(m.id(), m.seq(), m.createdAt(), true));
                    }
                });
        return accepted;
    }

    private static ClientKey key(Event<Message> event) {
        return event.type().equals(Event.MESSAGE_NEW) && event.data().clientId() != null
                ? new ClientKey(event.data().senderId(), event.data().clientId())
                : null;
    }

    @Override
    public Future<Room> load(UUID id) {
        return Future.succeededFuture(
                id.equals(roomId) && !deleted
                        ? new Room(id, Conversation.GROUP, "room", log.size(), version, new LinkedHashMap<>(members))
                        : null);
    }

    @Override
    public Future<Set<UUID>> commit(List<Append> appends) {
        Promise<Set<UUID>> promise = Promise.promise();
        waiting.add(new Waiting(appends, promise));
        return promise.future();
    }

    @Override
    public Future<Map<ClientKey, Sent>> findSent(Collection<ClientKey> keys) {
        Map<ClientKey, Sent> found = new HashMap<>();
        keys.forEach(k -> {
            if (sent.containsKey(k)) {
                found.put(k, sent.get(k));
            }
        });
        return Future.succeededFuture(found);
    }

    @Override
    public Future<List<Event<Message>>> events(UUID id, long afterSeq, int limit) {
        return Future.succeededFuture(log.stream().skip(afterSeq).limit(limit).toList());
    }

    @Override
    public Future<Map<UUID, Head>> heads(Collection<UUID> rooms) {
        return Future.succeededFuture(Map.of(roomId, new Head(log.size(), version)));
    }

    @Override
    public Future<List<Message>> history(UUID id, Long before, Long after, int limit) {
        throw new AssertionError("not used here");
    }

    @Override
    public Future<Message> message(UUID messageId) {
        Message found = log.stream()
                .map(Event::data)
                .filter(m -> m.id().equals(messageId))
                .reduce((a, b) -> b)
                .orElse(null);
        return reading.map(done -> found);
    }

    @Override
    public Future<Long> markRead(UUID id, UUID userId, long seq) {
        throw new AssertionError("not used here");
    }
}
