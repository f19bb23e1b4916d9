package dev.switchboard.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.protocol.Conversation;
import dev.switchboard.protocol.ConversationOperations.Page;
import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Ids;
import dev.switchboard.protocol.Message;
import dev.switchboard.room.ConversationStore.NewConversation;
import dev.switchboard.room.RoomStore.Append;
import dev.switchboard.storage.Database;
import dev.switchboard.support.Postgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PgRoomStoreIT {
    private final Postgres postgres = Postgres.create();
    private final Vertx vertx = Vertx.vertx();
    private final UUID ann = Ids.next();
    private final UUID bob = Ids.next();
    private Database database;
    private PgRoomStore store;
    private PgConversationStore conversations;
    private PgConversationViews views;
    private UUID room;

    @BeforeAll
    void open() throws Exception {
        database = postgres.open(vertx);
        store = new PgRoomStore(database);
        conversations = new PgConversationStore(database);
        views = new PgConversationViews(database);
        for (UUID user : List.of(ann, bob)) {
            await(database.query(
                    "INSERT INTO user_account (id, username, display_name) VALUES ($1, $2, $2)",
                    Tuple.of(user, "user-" + user)));
        }
    }

    @AfterAll
    void close() throws Exception {
        await(database.close());
        await(vertx.close());
        postgres.close();
    }

    @BeforeEach
    void makeRoom() throws Exception {
        room = await(conversations.create(
                        new NewConversation(Ids.next(), Conversation.GROUP, "Team", null, ann, List.of(bob), null)))
                .id();
    }

    private static <T> T await(Future<T> future) throws Exception {
        try {
            return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private Message message(UUID sender, String content, String clientId) {
        return new Message(
                Ids.next(), room, 0, sender, "name", "text", content, clientId, null, Messages.now(), null, false, 1);
    }

    private Set<UUID> commit(Room loaded, List<Draft> drafts) throws Exception {
        List<Event<Message>> events = loaded.number(drafts);
        Set<UUID> accepted = await(store.commit(List.of(new Append(room, loaded.head(), loaded.version(), events))));
        if (!accepted.isEmpty()) {
            loaded.committed(events);
        }
        return accepted;
    }

    @Test
    void whatWasCommittedIsReadBackAsItWasAnswered() throws Exception {
        Room loaded = await(store.load(room));
        Message one = message(ann, "one", "c1");
        assertThat(commit(loaded, List.of(Draft.created(one), Draft.created(message(bob, "two", null)))))
                .containsExactly(room);
        Message edited = loaded.edit(loaded.recentMessage(one.id()), ann, "one, edited", Messages.now());
        Message again = edited.edited("one, edited twice", Messages.now());
        commit(
                loaded,
                List.of(
                        new Draft(Event.MESSAGE_UPDATED, edited.editedAt(), edited),
                        new Draft(Event.MESSAGE_UPDATED, again.editedAt(), again)));

        assertThat(await(store.load(room)).head()).isEqualTo(4);
        List<Event<Message>> events = await(store.events(room, 0, 100));
        assertThat(events).extracting(Event::seq).containsExactly(1L, 2L, 3L, 4L);
        assertThat(events.get(3)).isEqualTo(Event.numbered(Event.MESSAGE_UPDATED, 4, again.editedAt(), again));
        assertThat(await(store.message(one.id())).content()).isEqualTo("one, edited twice");
        assertThat(await(store.history(room, null, null, 10)))
                .extracting(Message::content)
                .containsExactly("one, edited twice", "two");
        assertThat(await(store.events(room, 1, 2))).extracting(Event::seq).containsExactly(2L, 3L);
    }

    @Test
    void anOwnerWithAnOldHeadIsFenced() throws Exception {
        Room owner = await(store.load(room));
        Room frozen = await(store.load(room));
        commit(owner, List.of(Draft.created(message(ann, "new owner", null))));
        assertThat(commit(frozen, List.of(Draft.created(message(bob, "late write", null)))))
                .isEmpty();
        assertThat(await(store.history(room, null, null, 10)))
                .extracting(Message::content)
                .containsExactly("new owner");
    }

    @Test
    void aChangeOfAnOldVersionIsStoredNeitherAsChangeNorAsEvent() throws Exception {
        Room owner = await(store.load(room));
        Message one = message(ann, "one", null);
        commit(owner, List.of(Draft.created(one)));
        Message stale = owner.recentMessage(one.id());
        Message deleted = owner.delete(stale, ann, Messages.now());
        assertThat(commit(owner, List.of(new Draft(Event.MESSAGE_DELETED, Messages.now(), deleted))))
                .containsExactly(room);
        Message edited = stale.edited("alive again", Messages.now());
        assertThat(commit(owner, List.of(new Draft(Event.MESSAGE_UPDATED, Messages.now(), edited))))
                .isEmpty();
        assertThat(await(store.message(one.id())).deleted()).isTrue();
        assertThat(await(store.events(room, 0, 10))).hasSize(2);
    }

    @Test
    void anOwnerThatMissedARemovalOrANewRoleIsFenced() throws Exception {
        Room frozen = await(store.load(room));
        assertThat(await(conversations.removeMember(room, bob)).version()).isEqualTo(1);
        assertThat(commit(frozen, List.of(Draft.created(message(bob, "removed by now", null)))))
                .isEmpty();
        Room owner = await(store.load(room));
        assertThat(commit(owner, List.of(Draft.created(message(ann, "current", null)))))
                .containsExactly(room);
        var again = await(conversations.addMembers(room, List.of(bob)));
        assertThat(again.version()).isEqualTo(2);
        assertThat(again.members()).extracting(Conversation.Member::readSeq).containsExactly(1L);
        assertThat(await(conversations.setRole(room, bob, Conversation.Member.ADMIN)))
                .isEqualTo(3);
        assertThat(await(conversations.rename(room, "Another"))).isEqualTo(4);
        assertThat(await(store.heads(List.of(room)))).containsValue(new RoomStore.Head(1, 4));
        assertThat(commit(owner, List.of(Draft.created(message(ann, "another title", null)))))
                .isEmpty();
    }

    @Test
    void membersAreAddedAllOrNone() throws Exception {
        await(conversations.removeMember(room, bob));
        assertThat(await(conversations.addMembers(room, List.of(bob, Ids.next())))
                        .members())
                .isEmpty();
        assertThat(await(store.load(room)).members()).containsOnlyKeys(ann);
        assertThat(await(store.heads(List.of(room)))).containsValue(new RoomStore.Head(0, 1));
    }

    @Test
    void aDeletedRoomLeavesNothingWhateverIsBeingStored() throws Exception {
        Room loaded = await(store.load(room));
        int commits = 20;
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < commits; i++) {
            List<Event<Message>> events = loaded.number(List.of(Draft.created(message(ann, "m" + i, null))));
            all.add(store.commit(List.of(new Append(room, loaded.head(), loaded.version(), events))));
            loaded.committed(events);
            if (i == commits / 2) {
                all.add(conversations.delete(room, ann));
            }
        }
        await(Future.join(all));
        assertThat(await(database.query("SELECT FROM message WHERE room_id = $1", Tuple.of(room))))
                .isEmpty();
        assertThat(await(conversations.wasDeleted(room, ann))).isTrue();
        assertThat(await(conversations.wasDeleted(room, bob))).isFalse();
    }

    @Test
    void aRepeatedClientIdStoresNothingOfItsCommit() throws Exception {
        Room loaded = await(store.load(room));
        Message first = message(ann, "once", "same");
        commit(loaded, List.of(Draft.created(first)));
        assertThatThrownBy(() -> commit(
                        loaded,
                        List.of(
                                Draft.created(message(bob, "with it", "other")),
                                Draft.created(message(ann, "twice", "same")))))
                .isInstanceOf(RoomStore.DuplicateClientId.class);
        assertThat(await(store.load(room)).head()).isEqualTo(1);
        var found = await(store.findSent(List.of(new Room.ClientKey(ann, "same"), new Room.ClientKey(bob, "other"))));
        assertThat(found).hasSize(1);
        assertThat(found.get(new Room.ClientKey(ann, "same")).id()).isEqualTo(first.id());
    }

    @Test
    void manyOwnersAtOnceLeaveOneGaplessLog() throws Exception {
        int owners = 8;
        List<Future<Set<UUID>>> commits = new ArrayList<>();
        for (int i = 0; i < owners; i++) {
            Room loaded = await(store.load(room));
            commits.add(store.commit(List.of(new Append(
                    room,
                    loaded.head(),
                    loaded.version(),
                    loaded.number(List.of(Draft.created(message(ann, "owner " + i, null))))))));
        }
        int accepted = 0;
        for (Future<Set<UUID>> commit : commits) {
            accepted += await(commit).size();
        }
        assertThat(accepted).isPositive();
        assertThat(await(store.events(room, 0, 100))).hasSize(accepted);
        assertThat(await(store.load(room)).head()).isEqualTo(accepted);
    }

    @Test
    void unreadCountsWhatOthersWroteAndTheMarkerOnlyMovesForward() throws Exception {
        Room loaded = await(store.load(room));
        commit(
                loaded,
                List.of(
                        Draft.created(message(ann, "1", null)),
                        Draft.created(message(ann, "2", null)),
                        Draft.created(message(bob, "3", null))));
        assertThat(await(store.markRead(room, bob, 1))).isEqualTo(1);
        assertThat(await(store.markRead(room, bob, 3))).isZero();
        assertThat(await(store.markRead(room, bob, 1))).isZero();
        var view = await(views.of(room, List.of(ann, bob)));
        assertThat(view.get(ann).unread()).isEqualTo(1);
        assertThat(view.get(bob).unread()).isZero();
        assertThat(view.get(ann).lastMessage().content()).isEqualTo("3");
        assertThat(view.get(ann).members()).hasSize(2);
    }

    @Test
    void aPairHasOneDirectConversation() throws Exception {
        String key = dev.switchboard.protocol.ConversationOperations.pairKey(ann, bob);
        List<Future<ConversationStore.Made>> made = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            made.add(conversations.create(new NewConversation(
                    Ids.next(),
                    Conversation.DIRECT,
                    null,
                    key,
                    i % 2 == 0 ? ann : bob,
                    List.of(i % 2 == 0 ? bob : ann),
                    null)));
        }
        Set<UUID> ids = new java.util.HashSet<>();
        int created = 0;
        for (Future<ConversationStore.Made> m : made) {
            ids.add(await(m).id());
            created += await(m).outcome() == ConversationStore.Outcome.NEW ? 1 : 0;
        }
        assertThat(ids).hasSize(1);
        assertThat(created).isEqualTo(1);
        assertThat(await(views.list(ann, null, 10)).items())
                .extracting(Conversation::id)
                .contains(ids.iterator().next());
    }

    @Test
    void theListGoesOnAtItsCursor() throws Exception {
        for (int i = 0; i < 5; i++) {
            makeRoom();
        }
        List<Conversation> all = await(views.list(bob, null, 100)).items();
        Page first = await(views.list(bob, null, 2));
        Page rest = await(views.list(bob, first.next(), 100));
        assertThat(first.items()).isEqualTo(all.subList(0, 2));
        assertThat(rest.items()).isEqualTo(all.subList(2, all.size()));
        assertThat(rest.next()).isNull();
    }
}
