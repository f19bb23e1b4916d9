package dev.switchboard.ops;

import dev.switchboard.config.Section;

/** What is logged, and in which form, on standard output. */
public record LogOptions(Level level, Format format) {
    /** From the rarest to the most talkative. */
    public enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }

    /** For people, or one JSON object per line. */
    public enum Format {
        TEXT,
        JSON
    }

    public static LogOptions from(Section section) {
        return new LogOptions(section.oneOf("level", Level.class), section.oneOf("format", Format.class));
    }
}
