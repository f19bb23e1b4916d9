package dev.switchboard.signaling;

import dev.switchboard.protocol.Call.EndReason;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A call after something happened, and what is to be done once it is saved.
 *
 * @param effects in the order in which they are to be done
 */
record CallChange(CallRecord call, List<Effect> effects) {

    /** What other people notice. */
    enum Kind {
        /** {@code call:incoming}. */
        INCOMING,
        /** {@code call:accepted}. */
        ACCEPTED,
        /** {@code call:rejected}. */
        REJECTED,
        /** {@code call:end}. */
        END,
        /** A notification that stays until it is read. */
        MISSED
    }

    /**
     * Something that a user's sockets are told.
     *
     * @param except the socket that knows already, or null
     * @param reason of an end: a reason of the call, or why it is over for these sockets alone
     */
    record Effect(Kind kind, UUID userId, @Nullable String except, @Nullable String reason) {
        static Effect of(Kind kind, UUID userId) {
            return new Effect(kind, userId, null, null);
        }

        static Effect end(UUID userId, @Nullable String except, String reason) {
            return new Effect(Kind.END, userId, except, reason);
        }
    }

    /** Told to the sockets of a user who took or refused a call at another one. */
    static final String ANSWERED_ELSEWHERE = "answered_elsewhere";

    static final String REJECTED_ELSEWHERE = "rejected_elsewhere";

    static CallChange none(CallRecord call) {
        return new CallChange(call, List.of());
    }

    /** As a client reads it. */
    static String text(EndReason reason) {
        return reason.name().toLowerCase(Locale.ROOT);
    }
}
