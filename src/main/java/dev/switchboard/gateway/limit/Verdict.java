package dev.switchboard.gateway.limit;

import java.time.Duration;

/**
 * What came of taking a token.
 *
 * @param granted whether the request may go on
 * @param tier the tier's name
 * @param limit tokens of a full bucket; 0 when the tier has no limit
 * @param window the time in which an empty bucket fills
 * @param remaining whole tokens left
 * @param retryAfter when refused: how long until there is a token; else zero
 */
public record Verdict(boolean granted, String tier, long limit, Duration window, long remaining, Duration retryAfter) {
    /** Of a tier without a limit. */
    public static Verdict unlimited(String tier) {
        return new Verdict(true, tier, 0, Duration.ZERO, 0, Duration.ZERO);
    }
}
