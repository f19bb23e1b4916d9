package dev.switchboard.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A meeting: people in a room that is alive while somebody is in it.
 *
 * @param ownerId who made it, and may always do what a host may
 * @param hostId who leads it now: the owner, whom a host chose, or who has been in it longest since the host went
 * @param capacity so many people may be in it at once
 * @param locked whether nobody more may enter
 * @param lobby whether whoever enters waits to be admitted
 * @param activeParticipants how many are in it now
 * @param participants everybody who was ever in it, up to {@link #MAX_SHOWN}; empty for whoever was not, and is not its owner
 * @param version grows with every change of what is live; what is told with a smaller one is older
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Meeting(
        UUID id,
        String title,
        @Nullable String description,
        UUID ownerId,
        UUID hostId,
        int capacity,
        boolean locked,
        boolean lobby,
        Status status,
        int activeParticipants,
        List<UUID> participants,
        long version,
        Instant createdAt,
        @Nullable Instant endedAt) {

    public static final int MAX_SHOWN = 1_000;

    public enum Status {
        /** Nobody is in it; who enters makes it live. */
        @JsonProperty("created")
        CREATED,
        @JsonProperty("live")
        LIVE,
        /** Ended for all, for good. */
        @JsonProperty("ended")
        ENDED
    }
}
