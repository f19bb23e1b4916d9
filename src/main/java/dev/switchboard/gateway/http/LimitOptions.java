package dev.switchboard.gateway.http;

import dev.switchboard.config.Section;
import java.util.Set;

/**
 * How much one caller may ask of one node.
 *
 * @param rps requests a second in the long run; 0 for no limit
 * @param burst requests at once
 * @param authPerMinute attempts to sign in or register, a minute and client address; 0 for no limit
 * @param maxKeys callers of one tier that are remembered
 */
public record LimitOptions(int rps, int burst, int authPerMinute, int maxKeys) {
    /** The names that routes refer to. */
    public static final Set<String> TIERS = Set.of("default", "auth");

    private static final int MOST = 1_000_000;

    public static LimitOptions from(Section section) {
        return new LimitOptions(
                section.integer("rps", 0, MOST),
                section.integer("burst", 1, MOST),
                section.integer("authPerMinute", 0, MOST),
                section.integer("maxKeys", 1, MOST));
    }
}
