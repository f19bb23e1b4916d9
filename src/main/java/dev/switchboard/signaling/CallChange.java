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

    /** Something that other people notice. */
    sealed interface Effect {
        /** {@code call:accepted} for the caller. */
        record Accepted(UUID userId) implements Effect {}

        /** {@code call:rejected} for the caller. */
        record Rejected(UUID userId) implements Effect {}

        /**
         * {@code call:end} for a user's sockets.
         *
         * @param except the socket that knows already, or null
         * @param reason as told: a reason of the call, or why it is over for these sockets alone
         */
        record Ended(UUID userId, @Nullable String except, String reason) implements Effect {}

        /** The callee is to find a missed call. */
        record Missed(UUID userId) implements Effect {}
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
