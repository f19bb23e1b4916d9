package dev.switchboard.meeting;

import dev.switchboard.protocol.MeetingOperations.Stay;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is stored of meetings for good. */
interface MeetingLog {
    /** A meeting as it is stored. */
    record Stored(Terms terms, List<UUID> barred) {}

    /** Keeps a new meeting; with a {@code clientId} that its owner used before, gives the one that there is. */
    Future<Terms> create(Terms terms, @Nullable String clientId);

    Future<Optional<Stored>> load(UUID meeting);

    /** The meetings of a user, and those it was in, the latest first. */
    Future<List<Terms>> list(UUID user, @Nullable UUID cursor, int limit);

    /** Who was ever in these meetings. */
    Future<Map<UUID, List<UUID>>> ever(Collection<UUID> meetings);

    /** Who was in a meeting and when, the latest first. */
    Future<List<Stay>> stays(UUID meeting, @Nullable UUID cursor, int limit);

    /** Keeps what a meeting has not stored yet; again changes nothing. */
    Future<Void> save(MeetingRecord meeting);

    /** Ends the stays that no node remembers. */
    Future<Void> endStays(UUID meeting, Instant at);

    Future<Void> delete(UUID meeting);
}
