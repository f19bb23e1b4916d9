package dev.switchboard.gateway.limit;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * A limit that routes choose by its name.
 *
 * @param by whom its requests count against
 * @param bucket null for no limit
 */
public record Tier(String name, By by, @Nullable Bucket bucket) {
    /** Whom requests count against. */
    public enum By {
        /** The user; whoever is not known, by client address. */
        USER,
        /** The client address, whoever asks: for what is tried by those who are not signed in yet. */
        CLIENT
    }

    /** Whom a request counts against. */
    String key(@Nullable String subject, String site) {
        return by == By.USER && subject != null ? "user:" + subject : "client:" + site;
    }

    /** @param used parts of tokens, as {@link Bucket} counts them */
    Verdict verdict(Bucket limited, boolean granted, long used) {
        return new Verdict(
                granted,
                name,
                limited.burst(),
                Duration.of(limited.untilFull(), ChronoUnit.MICROS),
                limited.remaining(used),
                granted ? Duration.ZERO : Duration.of(limited.untilToken(used), ChronoUnit.MICROS));
    }

    /** For a tier without a limit. */
    Verdict pass() {
        return new Verdict(true, name, 0, Duration.ZERO, 0, Duration.ZERO);
    }
}
