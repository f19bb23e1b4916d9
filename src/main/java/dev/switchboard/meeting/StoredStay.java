package dev.switchboard.meeting;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is stored about somebody's stay; {@code leftAt} null while it lasts. */
record StoredStay(UUID id, UUID userId, String username, Instant joinedAt, @Nullable Instant leftAt) {}
