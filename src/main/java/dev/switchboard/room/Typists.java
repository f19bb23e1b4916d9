package dev.switchboard.room;

import dev.switchboard.protocol.RoomOperations.TypingState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Who types in a room. It ends by being told, by sending, or by itself. */
final class Typists {
    /** Typing that is not repeated ends after this long. */
    static final long EXPIRY_MS = 10_000;

    private record Typist(TypingState state, long until) {}

    private final Map<UUID, Typist> typists = new HashMap<>();

    /** @return whether this is news */
    boolean start(TypingState state, long nowMs) {
        return typists.put(state.userId(), new Typist(state, nowMs + EXPIRY_MS)) == null;
    }

    /** @return what ended, or null when this user was not typing */
    @Nullable
    TypingState stop(UUID userId) {
        Typist typist = typists.remove(userId);
        return typist == null ? null : typist.state();
    }

    /** @return those who have not said for too long that they type */
    List<TypingState> expire(long nowMs) {
        List<TypingState> ended = new ArrayList<>();
        typists.values().removeIf(t -> {
            boolean over = t.until() <= nowMs;
            if (over) {
                ended.add(t.state());
            }
            return over;
        });
        return ended;
    }
}
