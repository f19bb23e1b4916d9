package dev.switchboard.room;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.Bus;
import dev.switchboard.ops.Meters;
import dev.switchboard.protocol.Conversation.Member;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.Ids;
import dev.switchboard.support.OneNode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Changes of one room's membership that come while others are under way: memory and database agree at the end. */
class MembershipTest {
    private static final UUID ROOM = Ids.next();
    private static final UUID ANN = Ids.next();
    private static final UUID BOB = Ids.next();
    private static final UUID CID = Ids.next();

    private final Vertx vertx = Vertx.vertx();
    private final Bus bus = new Bus(vertx, new OneNode());
    private final FakeRoomStore rooms = new FakeRoomStore(ROOM, List.of(ANN, BOB, CID));
    private final FakeConversationStore conversations = new FakeConversationStore(rooms);
    private final Deque<Runnable> statements = new ArrayDeque<>();
    private final RoomShard shard = new RoomShard(
            bus, rooms, () -> new RoomOptions(Duration.ofMinutes(1), 1_000, 1_000), new RoomMeters(Meters.unread()));
    private final Membership membership = new Membership(shard, store(), conversations, new UserNotices(bus));
    private LiveRoom live;

    @BeforeEach
    void load() {
        rooms.role(ANN, Member.OWNER);
        rooms.role(CID, Member.ADMIN);
        live = shard.room(ROOM).result();
    }

    @AfterEach
    void stop() {
        vertx.close();
    }

    /** A database that carries out one statement at a time, when {@link #run} lets it. */
    private ConversationStore store() {
        return (ConversationStore) Proxy.newProxyInstance(
                ConversationStore.class.getClassLoader(),
                new Class<?>[] {ConversationStore.class},
                (proxy, method, arguments) -> {
                    Promise<Object> answer = Promise.promise();
                    statements.add(() -> {
                        try {
                            ((Future<?>) method.invoke(conversations, arguments))
                                    .onComplete(done -> answer.handle(done.map(result -> (Object) result)));
                        } catch (ReflectiveOperationException e) {
                            throw new LinkageError(e.getMessage(), e);
                        }
                    });
                    return answer.future();
                });
    }

    private void run() {
        while (!statements.isEmpty()) {
            statements.removeFirst().run();
        }
    }

    private void assertAgreement() {
        assertThat(live.room().members()).isEqualTo(rooms.load(ROOM).result().members());
        assertThat(live.membership().idle()).isTrue();
    }

    private static Fault fault(Future<?> refused) {
        return ((FaultException) refused.cause()).fault();
    }

    @Test
    void aRoleThatIsSetBesideARemovalBringsNobodyBack() {
        Future<Void> removed = membership.remove(live, ANN, BOB);
        Future<Void> raised = membership.setRole(live, ANN, BOB, Member.ADMIN);
        run();
        assertThat(removed.succeeded()).isTrue();
        assertThat(fault(raised)).isEqualTo(Fault.NOT_FOUND);
        assertThat(live.room().members()).doesNotContainKey(BOB);
        assertAgreement();
    }

    @Test
    void addingBesideARemovalEndsAsTheLastOneSays() {
        membership.remove(live, ANN, BOB);
        membership.add(live, ANN, List.of(BOB));
        run();
        assertThat(live.room().members()).containsKey(BOB);
        assertAgreement();

        membership.add(live, ANN, List.of(BOB));
        membership.remove(live, ANN, BOB);
        run();
        assertThat(live.room().members()).doesNotContainKey(BOB);
        assertAgreement();
    }

    @Test
    void whoIsRemovedMeanwhileAddsNobody() {
        membership.remove(live, ANN, CID);
        Future<Void> added = membership.add(live, CID, List.of(CID));
        run();
        assertThat(fault(added)).isEqualTo(Fault.NOT_A_MEMBER);
        assertAgreement();
    }

    @Test
    void twoOwnersWhoDemoteEachOtherLeaveOne() {
        membership.setRole(live, ANN, BOB, Member.OWNER);
        run();
        Future<Void> first = membership.setRole(live, ANN, BOB, Member.MEMBER);
        Future<Void> second = membership.setRole(live, BOB, ANN, Member.MEMBER);
        run();
        assertThat(first.succeeded()).isTrue();
        assertThat(fault(second)).isEqualTo(Fault.FORBIDDEN);
        assertThat(fault(membership.setRole(live, ANN, ANN, Member.ADMIN))).isEqualTo(Fault.CONFLICT);
        assertAgreement();
    }

    @Test
    void givingAwayOnesRoleMayBeSentAgain() {
        membership.setRole(live, ANN, BOB, Member.OWNER);
        membership.setRole(live, ANN, ANN, Member.MEMBER);
        Future<Void> again = membership.setRole(live, ANN, ANN, Member.MEMBER);
        run();
        assertThat(again.succeeded()).isTrue();
        assertAgreement();
    }

    @Test
    void thoseWhoAreAddedDoNotWaitForEachOther() {
        membership.add(live, ANN, List.of(Ids.next()));
        membership.add(live, ANN, List.of(Ids.next()));
        membership.remove(live, ANN, BOB);
        assertThat(statements).as("both are under way, the removal waits").hasSize(2);
        statements.addLast(statements.removeFirst());
        run();
        assertThat(live.room().members()).hasSize(4);
        assertAgreement();
    }
}
