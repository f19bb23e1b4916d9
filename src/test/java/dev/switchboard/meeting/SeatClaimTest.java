package dev.switchboard.meeting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.meeting.MeetingChange.Effect;
import dev.switchboard.meeting.MeetingChange.Kind;
import dev.switchboard.meeting.MeetingRules.Entrance;
import dev.switchboard.protocol.MeetingEvents.Word;
import dev.switchboard.protocol.MeetingOperations.Action;
import dev.switchboard.protocol.MeetingOperations.Update;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A node that was out of sight says which seats it holds; the first person owns the meeting. */
class SeatClaimTest {
    private static final MeetingTimes TIMES =
            new MeetingTimes(Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofMinutes(5));
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant HEALED = START.plusSeconds(100);
    private static final UUID MEETING = new UUID(0, 99);

    private MeetingRecord meeting = MeetingRecord.of(
            new Terms(MEETING, "Monday", null, user(0), 2, false, false, START, null), List.of(), 1, START);

    private static UUID user(int i) {
        return new UUID(0, i + 1);
    }

    private static Entrance entrance(int user, String socket, String node) {
        return new Entrance(
                new Person(user(user), "u" + user, "U" + user), socket, node, new UUID(user, socket.hashCode()), null);
    }

    private void enter(int user, String socket, String node) {
        meeting =
                MeetingRules.enter(meeting, entrance(user, socket, node), START).meeting();
    }

    private void host(Action action, int user) {
        meeting = MeetingActions.apply(
                        meeting, user(0), "s0", new Update(MEETING, action, user(user), true), START, TIMES)
                .meeting();
    }

    /** The other half is out of sight until its people's grace is over. */
    private void cut() {
        Set<String> here = Set.of("here");
        meeting = MeetingRules.tick(meeting, here, START, TIMES).meeting();
        meeting = MeetingRules.tick(meeting, here, START.plus(TIMES.grace()), TIMES)
                .meeting();
        assertThat(meeting.seats()).allMatch(seat -> seat.hold().nodeId().equals("here"));
    }

    private MeetingChange claim(int user, String socket) {
        MeetingChange change = SeatClaim.apply(meeting, entrance(user, socket, "there"), HEALED);
        meeting = change.meeting();
        return change;
    }

    private static List<Word> words(MeetingChange change, String socket) {
        return change.effects().stream()
                .filter(effect -> socket.equals(effect.socketId()))
                .map(Effect::word)
                .toList();
    }

    @Test
    void aForgottenSeatIsGivenBackAndEverybodyIsTold() {
        enter(0, "s0", "here");
        enter(1, "s1", "there");
        cut();
        MeetingChange change = claim(1, "s1");
        assertThat(change.effects()).extracting(Effect::kind).containsExactly(Kind.JOINED);
        assertThat(meeting.isPresent("s1")).isTrue();
        // The other half's events may have had numbers of their own.
        assertThat(meeting.version()).isEqualTo(HEALED.toEpochMilli());
        MeetingRecord once = meeting;
        assertThat(claim(1, "s1").effects()).isEmpty();
        assertThat(meeting.version()).isEqualTo(once.version());
    }

    @Test
    void aSeatThatIsAwayIsTheSameOneAgain() {
        enter(0, "s0", "here");
        enter(1, "s1", "there");
        meeting = MeetingRules.tick(meeting, Set.of("here"), START, TIMES).meeting();
        UUID stay = meeting.seats().get(1).stayId();
        assertThat(claim(1, "s1").effects()).extracting(Effect::kind).containsExactly(Kind.UPDATED);
        assertThat(meeting.isPresent("s1")).isTrue();
        assertThat(meeting.seats().get(1).stayId()).isEqualTo(stay);
    }

    @Test
    void whoeverSitsElsewhereMeanwhileHasOneSeatOnly() {
        enter(0, "s0", "here");
        enter(1, "s1", "there");
        cut();
        enter(1, "s1-2", "here");
        MeetingChange change = claim(1, "s1");
        assertThat(words(change, "s1")).containsExactly(Word.REPLACED);
        assertThat(meeting.isPresent("s1-2")).isTrue();
        assertThat(meeting.holds("s1")).isFalse();
    }

    @Test
    void aSeatOfTheSameUserThatIsLostGivesWay() {
        enter(0, "s0", "here");
        enter(1, "s1", "here");
        meeting = MeetingRules.socketLost(meeting, "s1", START, TIMES).meeting();
        claim(1, "s1-2");
        assertThat(meeting.isPresent("s1-2")).isTrue();
        assertThat(meeting.seats()).hasSize(2);
    }

    @Test
    void whoWasRemovedMeanwhileIsToldSo() {
        enter(0, "s0", "here");
        enter(1, "s1", "there");
        cut();
        host(Action.REMOVE, 1);
        MeetingChange change = claim(1, "s1");
        assertThat(words(change, "s1")).containsExactly(Word.REMOVED);
        assertThat(change.effects()).extracting(Effect::kind).contains(Kind.EVICTED);
        assertThat(meeting.holds("s1")).isFalse();
    }

    @Test
    void thereAreNeverMoreSeatsThanPlaces() {
        enter(0, "s0", "here");
        enter(1, "s1", "there");
        cut();
        enter(2, "s2", "here");
        assertThat(words(claim(1, "s1"), "s1")).containsExactly(Word.LOST);
        assertThat(meeting.seats()).hasSize(2);
        assertThat(meeting.holds("s1")).isFalse();
    }

    @Test
    void termsForNewcomersDoNotConcernWhoeverNeverLeft() {
        enter(0, "s0", "here");
        enter(1, "s1", "there");
        cut();
        host(Action.LOCK, 0);
        claim(1, "s1");
        assertThat(meeting.isPresent("s1")).isTrue();
    }

    @Test
    void theEndIsToldToWhoeverDidNotHearIt() {
        enter(0, "s0", "here");
        enter(1, "s1", "there");
        cut();
        host(Action.END, 0);
        MeetingChange change = claim(1, "s1");
        assertThat(change.effects()).extracting(Effect::kind).containsExactly(Kind.ENDED, Kind.EVICTED);
        assertThat(change.effects()).allMatch(effect -> effect.nodes().equals(List.of("there")));
        assertThat(meeting.seats()).isEmpty();
    }
}
