package dev.switchboard.room;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A loaded room with what is true only while its owner lives: who has it open, who types. */
final class LiveRoom {
    private static final long PRESENCE_MAX_AGE = Duration.ofSeconds(1).toNanos();

    private final Room room;
    private final Audience audience = new Audience();
    private final Typists typists = new Typists();
    /** Changes of who belongs to the room, and as what. */
    private final Turns membership = new Turns();

    private long touchedAt = System.nanoTime();
    private final Briefly<List<UUID>> online = new Briefly<>(PRESENCE_MAX_AGE);
    private final Briefly<Map<UUID, Set<UUID>>> blockers = new Briefly<>(PRESENCE_MAX_AGE);
    private @Nullable Counts countsTold;

    LiveRoom(Room room) {
        this.room = room;
    }

    Room room() {
        return room;
    }

    Audience audience() {
        return audience;
    }

    Typists typists() {
        return typists;
    }

    Turns membership() {
        return membership;
    }

    void touch() {
        touchedAt = System.nanoTime();
    }

    long touchedAt() {
        return touchedAt;
    }

    /** Who is online, asked once in a while. */
    Briefly<List<UUID>> online() {
        return online;
    }

    /** Who is offline for whom, asked once in a while. */
    Briefly<Map<UUID, Set<UUID>>> blockers() {
        return blockers;
    }

    private record Counts(int members, int open) {}

    /** Whether there are more or fewer members, or people who have the room open, than was last told. */
    boolean countsChanged() {
        Counts now = new Counts(room.members().size(), audience.size());
        boolean changed = !now.equals(countsTold);
        countsTold = now;
        return changed;
    }
}
