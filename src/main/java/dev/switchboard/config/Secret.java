package dev.switchboard.config;

import java.nio.charset.StandardCharsets;

/** A value that must not reach a log: options that hold one can be printed. */
public record Secret(String value) {
    /** What is shown in its place. */
    static final String SHOWN = "***";

    /** The value in UTF-8. */
    public byte[] bytes() {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return SHOWN;
    }
}
