package dev.switchboard.config;

import org.jspecify.annotations.Nullable;

/**
 * One wrong setting.
 *
 * @param path its place in the file, for example {@code server.port}
 * @param variable the environment variable that its value came from or would come from, if any
 * @param problem what was expected, for example {@code expected a number from 1 to 65535, got "abc"}
 */
public record ConfigError(String path, @Nullable String variable, String problem) {
    /** {@code server.port (PORT): expected …}. */
    @Override
    public String toString() {
        return (variable == null ? path : path + " (" + variable + ")") + ": " + problem;
    }
}
