package dev.switchboard.gateway.proxy;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * W3C Trace Context. The gateway records no spans of its own, so it hands a valid {@code traceparent} on as it is; else it
 * starts a trace, marked as sampled: the services decide what to keep.
 */
final class TraceContext {
    static final CharSequence PARENT = HttpHeaders.createOptimized("traceparent");
    static final CharSequence STATE = HttpHeaders.createOptimized("tracestate");

    /** Of later versions only what version 00 knows is looked at, as the standard asks. */
    private static final Pattern VALID =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?");

    private static final String VERSION = "00-";
    private static final int LENGTH_OF_VERSION_0 = 55;
    private static final int MOST_STATE = 512;

    private TraceContext() {}

    static void write(MultiMap received, MultiMap to) {
        List<String> parents = received.getAll(PARENT);
        if (parents.size() != 1 || !isValid(parents.get(0))) {
            to.set(PARENT, start());
            return;
        }
        to.set(PARENT, parents.get(0));
        String state = String.join(",", received.getAll(STATE));
        if (!state.isEmpty() && state.length() <= MOST_STATE) {
            to.set(STATE, state);
        }
    }

    static boolean isValid(String parent) {
        return VALID.matcher(parent).matches()
                && (!parent.startsWith(VERSION) || parent.length() == LENGTH_OF_VERSION_0);
    }

    private static String start() {
        // Identifiers, not secrets: they need to differ, not to be unguessable.
        ThreadLocalRandom random = ThreadLocalRandom.current();
        HexFormat hex = HexFormat.of();
        return VERSION
                + hex.toHexDigits(random.nextLong())
                + hex.toHexDigits(random.nextLong() | 1)
                + '-'
                + hex.toHexDigits(random.nextLong() | 1)
                + "-01";
    }
}
