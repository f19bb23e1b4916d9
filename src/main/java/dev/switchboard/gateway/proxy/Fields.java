package dev.switchboard.gateway.proxy;

import io.vertx.core.MultiMap;
import java.util.Map;

/** Header fields as they are copied from one message to another. */
final class Fields {
    private Fields() {}

    /** Adds a field, unless it is none: some that Netty reads it refuses to write, control characters for example. */
    static void add(Map.Entry<String, String> field, MultiMap to) {
        try {
            to.add(field.getKey(), field.getValue());
        } catch (IllegalArgumentException malformed) {
            // Whoever is to read the message would have to guess what it means, and so may others on the way.
        }
    }
}
