package dev.switchboard.gateway.openapi;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.Operation;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How operations fail: the error body, and which codes which operation can answer. */
final class Answers {
    static final String ERROR = "Error";
    static final String JSON = "application/json";

    /** What can happen to every request. */
    private static final Set<Fault> ALWAYS = EnumSet.of(
            Fault.BAD_REQUEST,
            Fault.TOO_MANY_REQUESTS,
            Fault.INTERNAL,
            Fault.UNAVAILABLE,
            Fault.TIMEOUT,
            Fault.URI_TOO_LONG,
            Fault.HEADERS_TOO_LARGE);

    private static final Set<Fault> WITH_A_BODY = EnumSet.of(
            Fault.INVALID_JSON,
            Fault.VALIDATION_FAILED,
            Fault.PAYLOAD_TOO_LARGE,
            Fault.UNSUPPORTED_MEDIA_TYPE,
            Fault.REQUEST_TIMEOUT);

    private static final Set<Fault> SIGNED_IN =
            EnumSet.of(Fault.UNAUTHORIZED, Fault.TOKEN_EXPIRED, Fault.SESSION_REVOKED);

    private Answers() {}

    /** The schema of the one error body. */
    static ObjectNode error() {
        ObjectNode schema = Schemas.object().put("type", "object");
        ObjectNode fields = schema.putObject("properties");
        fields.putObject("statusCode")
                .put("type", "integer")
                .put("minimum", 400)
                .put("maximum", 599);
        fields.putObject("error").put("type", "string").put("description", "The reason phrase of the status.");
        ObjectNode code = fields.putObject("code").put("type", "string");
        ArrayNode codes = code.putArray("enum");
        leaving().forEach(fault -> codes.add(fault.code()));
        code.put(
                "description",
                "Stable; the list may grow. The same request can succeed later after: "
                        + leaving().filter(Fault::retryable).map(Fault::code).collect(Collectors.joining(", "))
                        + ".");
        fields.putObject("message").put("type", "string").put("description", "For people.");
        fields.putObject("path").put("type", "string");
        fields.putObject("timestamp").put("type", "string").put("format", "date-time");
        fields.putObject("requestId").put("type", "string");
        ObjectNode errors = fields.putObject("errors").put("type", "array");
        errors.put("description", "One entry for each wrong field; empty unless the code is validation_failed.");
        ObjectNode item = errors.putObject("items").put("type", "object");
        item.putObject("properties")
                .set(
                        "field",
                        Schemas.object()
                                .put("type", "string")
                                .put("description", "Its JSON name; roles[1] for an item."));
        ((ObjectNode) item.get("properties")).putObject("message").put("type", "string");
        item.putArray("required").add("field").add("message");
        ArrayNode required = schema.putArray("required");
        fields.fieldNames().forEachRemaining(required::add);
        return schema;
    }

    private static Stream<Fault> leaving() {
        return Arrays.stream(Fault.values()).filter(fault -> fault != Fault.MOVED);
    }

    /** Every way in which an operation can fail by HTTP. */
    static Set<Fault> faults(Operation<?, ?> operation, boolean unsafe, boolean fields) {
        Set<Fault> faults = EnumSet.copyOf(ALWAYS);
        faults.addAll(operation.faults());
        if (unsafe) {
            faults.addAll(WITH_A_BODY);
        }
        if (fields) {
            faults.add(Fault.VALIDATION_FAILED);
        }
        if (operation.access() != Operation.Access.PUBLIC) {
            faults.addAll(SIGNED_IN);
            if (unsafe) {
                faults.add(Fault.XSRF_MISMATCH);
            }
        }
        if (operation.access() == Operation.Access.ADMIN) {
            faults.add(Fault.FORBIDDEN);
        }
        return faults;
    }

    /** Adds an answer for each status. */
    static void put(ObjectNode responses, Set<Fault> faults) {
        Map<Integer, List<Fault>> byStatus = new TreeMap<>();
        faults.stream().sorted(Comparator.naturalOrder()).forEach(fault -> byStatus.computeIfAbsent(
                        fault.status(), s -> new ArrayList<>())
                .add(fault));
        byStatus.forEach((status, same) -> responses.set(String.valueOf(status), answer(status, same)));
    }

    private static ObjectNode answer(int status, List<Fault> faults) {
        ObjectNode answer = Schemas.object()
                .put(
                        "description",
                        HttpResponseStatus.valueOf(status).reasonPhrase() + ": "
                                + faults.stream().map(Fault::code).collect(Collectors.joining(", ")));
        if (status == 429 || status == 503) {
            ObjectNode retry = answer.putObject("headers").putObject("Retry-After");
            retry.put("description", "Seconds to wait.").putObject("schema").put("type", "integer");
        }
        ObjectNode schema = answer.putObject("content").putObject(JSON).putObject("schema");
        schema.putArray("allOf").add(Schemas.reference(ERROR));
        ObjectNode narrower = schema.putObject("properties");
        narrower.putObject("statusCode").put("const", status);
        ArrayNode codes = narrower.putObject("code").putArray("enum");
        faults.forEach(fault -> codes.add(fault.code()));
        return answer;
    }
}
