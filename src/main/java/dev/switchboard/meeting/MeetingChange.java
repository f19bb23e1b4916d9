package dev.switchboard.meeting;

import dev.switchboard.protocol.MeetingEvents.Word;
import dev.switchboard.protocol.Participant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A meeting after something happened, and what is to be told once it is saved.
 *
 * @param effects in the order in which they are to be done
 */
record MeetingChange(MeetingRecord meeting, List<Effect> effects) {

    /** What people notice. */
    enum Kind {
        /** {@code participant:joined}. */
        JOINED,
        /** {@code participant:updated}. */
        UPDATED,
        /** {@code participant:left}. */
        LEFT,
        /** {@code meeting:updated}. */
        CHANGED,
        /** {@code meeting:ended}. */
        ENDED,
        /** {@code meeting:request}, to one socket. */
        ASKED,
        /** Its sockets on one node hear the room no more. */
        EVICTED
    }

    /**
     * @param participant of {@code participant:…}, as it is after the change
     * @param reason of leaving or ending
     * @param word of a request
     * @param about who asks, or whom it is about
     * @param socketId who is told
     * @param nodes where to, beside the nodes of those who are in the meeting
     */
    record Effect(
            Kind kind,
            @Nullable Participant participant,
            @Nullable String reason,
            @Nullable Word word,
            @Nullable Person about,
            @Nullable UUID userId,
            @Nullable String socketId,
            List<String> nodes) {

        static Effect of(Kind kind, Participant participant) {
            return new Effect(kind, participant, null, null, null, null, null, List.of());
        }

        static Effect left(Participant participant, String reason) {
            return new Effect(Kind.LEFT, participant, reason, null, null, null, null, List.of());
        }

        static Effect changed() {
            return new Effect(Kind.CHANGED, null, null, null, null, null, null, List.of());
        }

        static Effect ended(List<String> nodes) {
            return new Effect(Kind.ENDED, null, "ended", null, null, null, null, nodes);
        }

        static Effect asked(Hold to, Word word, @Nullable Person about) {
            return new Effect(Kind.ASKED, null, null, word, about, null, to.socketId(), List.of(to.nodeId()));
        }

        static Effect evicted(UUID user, Hold from) {
            return new Effect(Kind.EVICTED, null, null, null, null, user, null, List.of(from.nodeId()));
        }
    }
}
