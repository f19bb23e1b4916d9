package dev.switchboard.app;

import dev.switchboard.config.Section;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What this node is and where it keeps what it must not lose.
 *
 * @param watch how often the settings' files are looked at; zero for never
 */
public record NodeOptions(Role role, Path dataDir, Duration watch) {
    /** What a node takes part in. */
    public enum Role {
        FULL,
        /** The door alone: owns no state. */
        GATEWAY,
        /** Everything but the door. */
        WORKER
    }

    public static NodeOptions from(Section section) {
        return new NodeOptions(
                section.oneOf("role", Role.class),
                Path.of(section.text("dataDir")),
                section.duration("watch", Duration.ZERO, Duration.ofHours(1)));
    }
}
