package dev.switchboard.config;

import java.time.Instant;
import java.util.List;

/**
 * How a node's settings are at one moment, for health and metrics.
 *
 * @param hash of what is in effect, see {@link Reading#hash}
 * @param loadedAt when that was read
 * @param accepted changes that took effect since the node started
 * @param refused changes that did not, each counted once however long its file stays
 * @param errors why the files as they are now cannot be used; empty when they are in effect
 * @param pending settings of the files that take effect at the next start
 */
public record ConfigState(
        String hash, Instant loadedAt, long accepted, long refused, List<ConfigError> errors, List<String> pending) {

    /** As the node started with. */
    public static ConfigState of(Reading<?> first) {
        return new ConfigState(first.hash(), Instant.now(), 0, 0, List.of(), List.of());
    }

    /** The files say what is in effect, again. */
    public ConfigState good() {
        return errors.isEmpty() ? this : new ConfigState(hash, loadedAt, accepted, refused, List.of(), pending);
    }

    /** Other settings took effect. */
    public ConfigState changed(Reading<?> next, List<String> pending) {
        return new ConfigState(next.hash(), Instant.now(), accepted + 1, refused, List.of(), List.copyOf(pending));
    }

    /** What the files say cannot be used. */
    public ConfigState refused(List<ConfigError> errors) {
        return errors.equals(this.errors)
                ? this
                : new ConfigState(hash, loadedAt, accepted, refused + 1, List.copyOf(errors), pending);
    }
}
