package dev.switchboard.gateway.upstream;

import dev.switchboard.config.Section;

/**
 * How many retries an upstream gets in ten seconds.
 *
 * @param percent retries to requests, in hundredths; with a {@code least} of 0 too: none
 * @param least retries that there may always be
 */
public record RetryRule(int percent, int least) {
    static final RetryRule DEFAULT = new RetryRule(20, 3);

    private static final int MOST = 1_000;

    static RetryRule from(Section section) {
        return new RetryRule(
                Given.percent(section, "share", DEFAULT.percent()),
                Given.integer(section, "least", DEFAULT.least(), 0, MOST));
    }
}
