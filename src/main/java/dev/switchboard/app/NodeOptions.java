package dev.switchboard.app;

import dev.switchboard.config.Section;
import java.nio.file.Path;

/** What this node is and where it keeps what it must not lose. */
public record NodeOptions(Role role, Path dataDir) {
    /** What a node takes part in. */
    public enum Role {
        FULL,
        /** The door alone: owns no state. */
        GATEWAY,
        /** Everything but the door. */
        WORKER
    }

    public static NodeOptions from(Section section) {
        return new NodeOptions(section.oneOf("role", Role.class), Path.of(section.text("dataDir")));
    }
}
