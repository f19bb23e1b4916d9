package dev.switchboard.meeting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.meeting.MeetingChange.Effect;
import dev.switchboard.meeting.MeetingChange.Kind;
import dev.switchboard.meeting.MeetingRules.Entrance;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.MeetingEvents.Word;
import dev.switchboard.protocol.MeetingOperations.Action;
import dev.switchboard.protocol.MeetingOperations.Update;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Each rule by itself; the first person owns the meeting. */
class MeetingRulesTest {
    private static final MeetingTimes TIMES =
            new MeetingTimes(Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofMinutes(5));
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final UUID MEETING = new UUID(0, 99);
    private static final Set<String> NODES = Set.of("n");

    private final List<Effect> told = new ArrayList<>();
    private MeetingRecord meeting = fresh(false);
    private Instant now = START;
    private int stays;

    private static MeetingRecord fresh(boolean lobby) {
        Terms terms = new Terms(MEETING, "Monday", null, user(0), 3, false, lobby, START, null);
        return MeetingRecord.of(terms, List.of(), 1, START);
    }

    private static UUID user(int i) {
        return new UUID(0, i + 1);
    }

    private void take(MeetingChange change) {
        meeting = change.meeting();
        told.clear();
        told.addAll(change.effects());
    }

    private void enter(int user, String socket, String old) {
        now = now.plusSeconds(1);
        Person person = new Person(user(user), "u" + user, "U" + user);
        take(MeetingRules.enter(meeting, new Entrance(person, socket, "n", new UUID(1, ++stays), old), now));
    }

    private void enter(int user) {
        enter(user, "s" + user, null);
    }

    private void update(int user, Action action, Integer target) {
        take(MeetingActions.apply(
                meeting,
                user(user),
                "s" + user,
                new Update(MEETING, action, target == null ? null : user(target), true),
                now,
                TIMES));
    }

    private void lose(int user) {
        take(MeetingRules.socketLost(meeting, "s" + user, now, TIMES));
    }

    private void after(Duration time) {
        now = now.plus(time);
        take(MeetingRules.tick(meeting, NODES, now, TIMES));
    }

    private List<Word> words(String socket) {
        return told.stream()
                .filter(effect -> socket.equals(effect.socketId()))
                .map(Effect::word)
                .toList();
    }

    private static void refused(Fault fault, Runnable what) {
        assertThatThrownBy(what::run).isInstanceOfSatisfying(FaultException.class, e -> assertThat(e.fault())
                .isEqualTo(fault));
    }

    @Test
    void whenTheHostIsLostTheOldestLeadsUntilTheOwnerIsBack() {
        enter(0);
        enter(1);
        enter(2);
        lose(0);
        after(TIMES.grace().minusSeconds(1));
        assertThat(meeting.hostId()).as("still in grace").isEqualTo(user(0));
        after(Duration.ofSeconds(1));
        assertThat(meeting.hostId()).isEqualTo(user(1));
        assertThat(told).extracting(Effect::kind).contains(Kind.LEFT, Kind.CHANGED);
        take(MeetingRules.leave(meeting, "s1", now));
        assertThat(meeting.hostId()).as("leaving is no accident: at once").isEqualTo(user(2));
        enter(0);
        assertThat(meeting.hostId()).isEqualTo(user(0));
    }

    @Test
    void whoeverWasHandedTheMeetingKeepsIt() {
        enter(0);
        enter(1);
        update(0, Action.TRANSFER, 1);
        assertThat(meeting.hostId()).isEqualTo(user(1));
        take(MeetingRules.leave(meeting, "s0", now));
        enter(0);
        assertThat(meeting.hostId()).isEqualTo(user(1));
        update(0, Action.TRANSFER, 0);
        assertThat(meeting.hostId()).as("the owner may take it back").isEqualTo(user(0));
        lose(1);
        refused(Fault.CONFLICT, () -> update(0, Action.TRANSFER, 1));
        refused(Fault.NOT_FOUND, () -> update(0, Action.TRANSFER, 2));
    }

    @Test
    void whoComesBackInTimeHasTheSameSeat() {
        enter(0);
        enter(1);
        Seat before = meeting.seat(user(1));
        update(1, Action.HAND, null);
        lose(1);
        assertThat(meeting.seat(user(1)).hold().lost()).isTrue();
        enter(1, "new", "s1");
        Seat now = meeting.seat(user(1));
        assertThat(now.stayId()).isEqualTo(before.stayId());
        assertThat(now.joinedAt()).isEqualTo(before.joinedAt());
        assertThat(now.handNo()).isNotNull();
        assertThat(told).extracting(Effect::kind).containsExactly(Kind.UPDATED);
    }

    @Test
    void seatsInGraceAndAdmissionsCount() {
        meeting = fresh(true);
        enter(0);
        for (int user = 1; user <= 3; user++) {
            enter(user);
            assertThat(words("s0")).containsExactly(Word.KNOCK);
        }
        update(0, Action.ADMIT, 1);
        assertThat(words("s1")).containsExactly(Word.ADMITTED);
        enter(1);
        lose(1);
        update(0, Action.ADMIT, 2);
        refused(Fault.MEETING_FULL, () -> update(0, Action.ADMIT, 3));
        after(TIMES.admission());
        assertThat(meeting.passes()).as("who does not come loses the admission").isEmpty();
        assertThat(meeting.seats()).as("and who does not come back the seat").hasSize(1);
        update(0, Action.ADMIT, null);
        assertThat(meeting.passes()).hasSize(1);
    }

    @Test
    void aHostThatArrivesAdmitsNobodyByThat() {
        meeting = fresh(true);
        enter(1);
        enter(0);
        assertThat(meeting.waiting()).hasSize(1);
        assertThat(meeting.seats()).hasSize(1);
        refused(Fault.NOT_A_MEMBER, () -> update(1, Action.ADMIT, 1));
    }

    @Test
    void whoWasRemovedStaysOutEvenInTheNextLife() {
        enter(0);
        enter(1);
        refused(Fault.FORBIDDEN, () -> update(1, Action.REMOVE, 0));
        update(0, Action.REMOVE, 1);
        assertThat(words("s1")).containsExactly(Word.REMOVED);
        assertThat(told).extracting(Effect::kind).contains(Kind.EVICTED, Kind.LEFT);
        refused(Fault.BARRED, () -> enter(1));
        assertThat(meeting.dirty()).as("to be stored").isTrue();
        refused(Fault.FORBIDDEN, () -> update(0, Action.REMOVE, 0));
        update(0, Action.UNBAR, 1);
        enter(1);
        assertThat(meeting.seats()).hasSize(2);
    }

    @Test
    void aNodesDeathPutsItsSeatsInGrace() {
        enter(0);
        take(MeetingRules.tick(meeting, Set.of("another"), now, TIMES));
        assertThat(told).extracting(Effect::kind).containsExactly(Kind.UPDATED);
        assertThat(meeting.nodes()).isEmpty();
        now = now.plus(TIMES.grace());
        take(MeetingRules.tick(meeting, Set.of("another"), now, TIMES));
        assertThat(meeting.seats()).isEmpty();
        assertThat(meeting.isForgettable(now.plus(TIMES.empty()), TIMES))
                .as("the stay is not stored yet")
                .isFalse();
    }
}
