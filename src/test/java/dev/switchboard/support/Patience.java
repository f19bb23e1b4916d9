package dev.switchboard.support;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * How long tests wait. What comes, comes at once: a long patience costs time only where something fails, and a short one
 * fails where the machine has other things to do.
 */
public final class Patience implements BeforeAllCallback {
    /** {@code -Dswitchboard.long=true}: this machine has nothing else to do. */
    private static final boolean QUIET = Boolean.getBoolean("switchboard.long");

    /** How many times as long as on a quiet machine something may take on one that is shared. */
    private static final int SHARED = 3;

    /** For whatever has no time of its own. */
    public static final Duration USUAL = Duration.ofSeconds(30);

    /** For processes that start, and clusters that come to rest. */
    public static final Duration LONG = Duration.ofMinutes(2);

    /** Each test class begins with it: JUnit finds this by its services file. */
    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultTimeout(USUAL);
    }

    /**
     * The bound to test a promise by, which is itself good for a machine that does nothing else: it is tested with
     * {@code -Dswitchboard.long=true}. Where builds share two cores it is given three times the time, so that what was
     * forgotten or waits for a time-out is still found, and a slow moment is not.
     */
    public static Duration promised(Duration promise) {
        return QUIET ? promise : promise.multipliedBy(SHARED);
    }
}
