package dev.switchboard.gateway.proxy;

import io.vertx.core.MultiMap;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * W3C Trace Context. The gateway records no spans of its own, so it hands a valid {@code traceparent} on as it is; else it
 * starts a trace, marked as sampled: the services decide what to keep.
 */
final class TraceContext {
    static final String PARENT = "traceparent";
    static final String STATE = "tracestate";

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
        StringBuilder parent = new StringBuilder(LENGTH_OF_VERSION_0).append(VERSION);
        hex(parent, random.nextLong());
        hex(parent, random.nextLong() | 1);
        parent.append('-');
        hex(parent, random.nextLong() | 1);
        return parent.append("-01").toString();
    }

    private static void hex(StringBuilder to, long value) {
        for (int shift = Long.SIZE - 4; shift >= 0; shift -= 4) {
            to.append(Character.forDigit((int) (value >>> shift) & 0xF, 16));
        }
    }
}
