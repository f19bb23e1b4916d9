package dev.switchboard.meeting;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is stored of a meeting for as long as there is one. */
record Terms(
        UUID id,
        String title,
        @Nullable String description,
        UUID ownerId,
        int capacity,
        boolean locked,
        boolean lobby,
        Instant createdAt,
        @Nullable Instant endedAt) {

    Terms withLocked(boolean on) {
        return new Terms(id, title, description, ownerId, capacity, on, lobby, createdAt, endedAt);
    }

    Terms withLobby(boolean on) {
        return new Terms(id, title, description, ownerId, capacity, locked, on, createdAt, endedAt);
    }

    Terms ended(Instant now) {
        return new Terms(id, title, description, ownerId, capacity, locked, lobby, createdAt, now);
    }
}
