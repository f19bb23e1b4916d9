package dev.switchboard.meeting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.Json;
import dev.switchboard.meeting.MeetingChange.Effect;
import dev.switchboard.meeting.MeetingChange.Kind;
import dev.switchboard.meeting.MeetingRules.Entrance;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.MeetingOperations.Action;
import dev.switchboard.protocol.MeetingOperations.Update;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever happens in whatever order: never too many, one seat for each, one screen, an end for every seat. */
class MeetingScheduleTest {
    private static final MeetingTimes TIMES =
            new MeetingTimes(Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofMinutes(5));
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final UUID MEETING = new UUID(0, 99);
    private static final int CAPACITY = 3;
    private static final int PEOPLE = 6;
    private static final List<String> NODES = List.of("n1", "n2", "n3");

    enum What {
        ENTER,
        ENTER_AGAIN,
        LEAVE,
        SOCKET_LOST,
        NODE_LOST,
        RENEW,
        CLAIM,
        TICK,
        UPDATE,
        END
    }

    record Step(What what, int user, int device, int target, Action action, boolean on, int afterSeconds) {
        String socket() {
            return "s" + user + "-" + device;
        }

        String node() {
            return NODES.get(device);
        }
    }

    @Provide
    Arbitrary<List<Step>> schedules() {
        // Ending for all is an end of the schedule, too: it comes seldom.
        return Combinators.combine(
                        Arbitraries.frequency(
                                net.jqwik.api.Tuple.of(8, What.ENTER),
                                net.jqwik.api.Tuple.of(2, What.ENTER_AGAIN),
                                net.jqwik.api.Tuple.of(2, What.LEAVE),
                                net.jqwik.api.Tuple.of(2, What.SOCKET_LOST),
                                net.jqwik.api.Tuple.of(1, What.NODE_LOST),
                                net.jqwik.api.Tuple.of(1, What.RENEW),
                                net.jqwik.api.Tuple.of(2, What.CLAIM),
                                net.jqwik.api.Tuple.of(3, What.TICK),
                                net.jqwik.api.Tuple.of(14, What.UPDATE)),
                        Arbitraries.integers().between(0, PEOPLE - 1),
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.integers().between(0, PEOPLE - 1),
                        Arbitraries.of(Action.class),
                        Arbitraries.of(true, true, false),
                        Arbitraries.integers().between(0, 20))
                .as(Step::new)
                .list()
                .ofMaxSize(60);
    }

    private static UUID user(int i) {
        return new UUID(0, i + 1);
    }

    private static MeetingRecord fresh(boolean lobby) {
        Terms terms = new Terms(MEETING, "Monday", null, user(0), CAPACITY, false, lobby, START, null);
        return MeetingRecord.of(terms, List.of(), 1, START);
    }

    private static Entrance entrance(Step step, long stay, String oldSocket) {
        Person person = new Person(user(step.user()), "u" + step.user(), "U" + step.user());
        return new Entrance(person, step.socket(), step.node(), new UUID(1, stay), oldSocket);
    }

    private static MeetingChange apply(MeetingRecord meeting, Step step, long stay, Instant now) {
        UUID user = user(step.user());
        return switch (step.what()) {
            case ENTER, ENTER_AGAIN ->
                MeetingRules.enter(
                        meeting,
                        entrance(
                                step,
                                stay,
                                step.what() == What.ENTER ? null : "s" + step.user() + "-" + step.target() % 3),
                        now);
            case LEAVE -> MeetingRules.leave(meeting, step.socket(), now);
            case SOCKET_LOST -> MeetingRules.socketLost(meeting, step.socket(), now, TIMES);
            case NODE_LOST -> {
                Set<String> living = new HashSet<>(NODES);
                living.remove(step.node());
                yield MeetingRules.tick(meeting, living, now, TIMES);
            }
            case RENEW -> MeetingRules.renew(meeting, step.socket(), now);
            case CLAIM -> SeatClaim.apply(meeting, entrance(step, stay, null), now);
            case TICK -> MeetingRules.tick(meeting, Set.copyOf(NODES), now, TIMES);
            case UPDATE ->
                MeetingActions.apply(
                        meeting,
                        user,
                        step.socket(),
                        new Update(MEETING, step.action(), step.device() == 2 ? null : user(step.target()), step.on()),
                        now,
                        TIMES);
            case END -> MeetingRules.end(meeting, now);
        };
    }

    @Property(tries = 3_000)
    void holdsUnderAnySchedule(@ForAll("schedules") List<Step> schedule, @ForAll boolean lobby) {
        MeetingRecord meeting = fresh(lobby);
        Instant now = START;
        Map<UUID, StoredStay> stays = new HashMap<>();
        Set<UUID> inside = new HashSet<>();
        long stay = 0;
        for (Step step : schedule) {
            now = now.plusSeconds(step.afterSeconds());
            MeetingRecord before = meeting;
            MeetingChange change;
            try {
                change = apply(before, step, ++stay, now);
            } catch (FaultException refused) {
                continue;
            }
            meeting = change.meeting();
            follow(inside, change.effects());
            check(before, change, inside, step.what() == What.CLAIM);
            // As if the log were asked now and then.
            if (step.on()) {
                keep(stays, meeting);
                meeting = MeetingRules.saved(meeting, meeting, now).meeting();
                assertThat(meeting.unsaved()).isEmpty();
                assertThat(meeting.dirty()).isFalse();
            }
        }
        Instant silent = now.plus(Hold.LEASE).plus(TIMES.grace()).plus(TIMES.admission());
        for (Instant at = now; at.isBefore(silent); at = at.plusSeconds(5)) {
            meeting = MeetingRules.tick(meeting, Set.copyOf(NODES), at, TIMES).meeting();
        }
        assertThat(meeting.seats()).as("every seat ends").isEmpty();
        assertThat(meeting.waiting()).isEmpty();
        assertThat(meeting.passes()).isEmpty();
        assertThat(meeting.hostId()).isEqualTo(user(0));
        keep(stays, meeting);
        assertThat(stays.values()).as("every stay has its end").allMatch(s -> s.leftAt() != null);
        MeetingRecord stored = MeetingRules.saved(meeting, meeting, silent).meeting();
        assertThat(stored.isForgettable(silent.plus(TIMES.empty()), TIMES)).isTrue();
    }

    private static void keep(Map<UUID, StoredStay> stays, MeetingRecord meeting) {
        meeting.unsaved().forEach(s -> stays.put(s.id(), s));
    }

    /** What a participant's view becomes by the events alone. */
    private static void follow(Set<UUID> inside, List<Effect> effects) {
        for (Effect effect : effects) {
            if (effect.kind() == Kind.JOINED) {
                assertThat(inside.add(effect.participant().userId())).isTrue();
            } else if (effect.kind() == Kind.LEFT) {
                assertThat(inside.remove(effect.participant().userId())).isTrue();
            } else if (effect.kind() == Kind.ENDED) {
                inside.clear();
            }
        }
    }

    private static void check(MeetingRecord before, MeetingChange change, Set<UUID> inside, boolean claim) {
        MeetingRecord now = change.meeting();
        assertThat(now.seats().size() + now.passes().size()).isLessThanOrEqualTo(CAPACITY);
        List<UUID> users = now.seats().stream().map(Seat::userId).toList();
        assertThat(users).doesNotHaveDuplicates();
        assertThat(Set.copyOf(users)).as("the events tell the truth").isEqualTo(inside);
        assertThat(now.seats().stream().map(s -> s.hold().socketId())).doesNotHaveDuplicates();
        assertThat(now.seats().stream().filter(Seat::sharing).count()).isLessThanOrEqualTo(1);
        assertThat(now.seats().stream().map(Seat::handNo).filter(n -> n != null))
                .doesNotHaveDuplicates();
        assertThat(users).noneMatch(now.barred()::contains);
        assertThat(now.waiting().stream().map(w -> w.person().id()))
                .doesNotHaveDuplicates()
                .noneMatch(users::contains);
        assertThat(now.hostId().equals(user(0)) || users.contains(now.hostId())).isTrue();
        assertThat(now.idleSince() == null).isEqualTo(!users.isEmpty());
        if (before.isOver() && !claim) {
            assertThat(change.effects()).isEmpty();
        }
        if (!change.effects().isEmpty()) {
            assertThat(now.version()).isGreaterThan(before.version());
        }
        if (before.terms().locked() && now.terms().locked() && !claim) {
            Set<UUID> may = before.seats().stream().map(Seat::userId).collect(Collectors.toSet());
            before.passes().forEach(pass -> may.add(pass.userId()));
            may.add(user(0));
            may.add(before.hostId());
            assertThat(may).containsAll(users);
        }
        assertThat(Json.parse(Json.text(now), MeetingRecord.class))
                .as("reads back as it was written")
                .isEqualTo(now);
    }
}
