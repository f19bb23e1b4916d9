package dev.switchboard.gateway.bridge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.bus.Json;
import dev.switchboard.protocol.Checks;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a client may say: the Vert.x event-bus bridge protocol, plus {@code replyAddress} on registrations. */
sealed interface ClientFrame {
    /** The published clients make reply addresses of this length. */
    int MAX_REPLY_ADDRESS = 36;

    /** Where the answer goes, if the client wants one. */
    default @Nullable String replyAddress() {
        return null;
    }

    record Ping() implements ClientFrame {}

    record Register(String address, @Nullable String replyAddress) implements ClientFrame {}

    record Unregister(String address, @Nullable String replyAddress) implements ClientFrame {}

    /** @param body always an object where the client left it out or said null */
    record Send(String address, JsonNode body, @Nullable String replyAddress) implements ClientFrame {}

    record Publish(String address) implements ClientFrame {}

    /** A frame that cannot be understood. The code is the one that the Vert.x bridge answers. */
    final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(Problem problem) {
            super(problem.code(), null, false, false);
            this.problem = problem;
        }

        private final Problem problem;

        Problem problem() {
            return problem;
        }
    }

    /** Why a frame was refused before anything was done. */
    enum Problem {
        INVALID_JSON,
        MISSING_TYPE,
        INVALID_TYPE,
        MISSING_ADDRESS,
        MAX_ADDRESS_LENGTH_REACHED,
        INVALID_REPLY_ADDRESS;

        private final String code = name().toLowerCase(Locale.ROOT);

        String code() {
            return code;
        }
    }

    /**
     * Reads one frame.
     *
     * @param text the JSON
     * @param maxAddress the longest address, in characters
     */
    static ClientFrame parse(String text, int maxAddress) throws Malformed {
        JsonNode tree;
        try {
            tree = Json.MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new Malformed(Problem.INVALID_JSON);
        }
        if (!(tree instanceof ObjectNode frame) || !wellFormed(text, tree)) {
            throw new Malformed(Problem.INVALID_JSON);
        }
        JsonNode type = frame.path("type");
        if (type.isMissingNode() || type.isNull()) {
            throw new Malformed(Problem.MISSING_TYPE);
        }
        return switch (type.isTextual() ? type.textValue() : "") {
            case "ping" -> new Ping();
            case "register" -> new Register(address(frame, maxAddress), replyAddress(frame));
            case "unregister" -> new Unregister(address(frame, maxAddress), replyAddress(frame));
            case "send" -> new Send(address(frame, maxAddress), body(frame), replyAddress(frame));
            case "publish" -> new Publish(address(frame, maxAddress));
            default -> throw new Malformed(Problem.INVALID_TYPE);
        };
    }

    private static String address(ObjectNode frame, int maxAddress) throws Malformed {
        JsonNode address = frame.path("address");
        if (!address.isTextual()) {
            throw new Malformed(Problem.MISSING_ADDRESS);
        }
        if (address.textValue().length() > maxAddress) {
            throw new Malformed(Problem.MAX_ADDRESS_LENGTH_REACHED);
        }
        return address.textValue();
    }

    private static @Nullable String replyAddress(ObjectNode frame) throws Malformed {
        JsonNode address = frame.path("replyAddress");
        if (address.isMissingNode() || address.isNull()) {
            return null;
        }
        if (!address.isTextual() || address.textValue().length() > MAX_REPLY_ADDRESS) {
            throw new Malformed(Problem.INVALID_REPLY_ADDRESS);
        }
        return address.textValue();
    }

    private static JsonNode body(ObjectNode frame) {
        JsonNode body = frame.path("body");
        return body.isMissingNode() || body.isNull() ? Json.MAPPER.createObjectNode() : body;
    }

    /**
     * Whether every text can be written as UTF-8. JSON can hide half a surrogate pair in an escape, and whoever would
     * write it on, here or on another node, would fail.
     */
    private static boolean wellFormed(String text, JsonNode tree) {
        return Checks.isWellFormed(text) && (!text.contains("\\u") || wellFormed(tree));
    }

    private static boolean wellFormed(JsonNode node) {
        if (node.isTextual()) {
            return Checks.isWellFormed(node.textValue());
        }
        if (node.isObject()) {
            for (var names = node.fieldNames(); names.hasNext(); ) {
                if (!Checks.isWellFormed(names.next())) {
                    return false;
                }
            }
        }
        for (JsonNode child : node) {
            if (!wellFormed(child)) {
                return false;
            }
        }
        return true;
    }
}
