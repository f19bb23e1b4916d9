package dev.switchboard.bus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import dev.switchboard.protocol.Checks;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.Fields;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Why a tree did not become a record. Jackson stops at the first field that it cannot read; a client is told of all of
 * them, so those that failed are looked at once more, field by field.
 */
final class WrongFields {
    private WrongFields() {}

    /** What to tell the client, given what Jackson says. */
    static FaultException of(JsonNode tree, Class<?> type, JsonProcessingException failure) {
        if (type.isRecord() && tree.isObject()) {
            Checks checks = new Checks();
            boolean unreadable = false;
            for (Fields.Field field : Fields.of(type).all()) {
                unreadable |= !check(checks, field, tree.get(field.name()));
            }
            if (unreadable) {
                return refusal(checks);
            }
        }
        FaultException own = fault(failure);
        if (own != null) {
            return own;
        }
        return failure instanceof MismatchedInputException wrong
                ? refusal(new Checks().fail(path(wrong), expected(wrong.getTargetType())))
                : Fault.INVALID_JSON.because("The JSON could not be understood.");
    }

    /** Notes what is wrong with a field; false when it cannot even be read. */
    private static boolean check(Checks checks, Fields.Field field, @Nullable JsonNode node) {
        if (node == null || node.isNull()) {
            field.check(checks, null);
            return true;
        }
        JavaType type = Json.MAPPER.constructType(field.type());
        if (node.isArray() && !type.isCollectionLikeType()) {
            checks.fail(field.name(), "must be given once, not as a list");
            return false;
        }
        try {
            field.check(checks, Json.MAPPER.treeToValue(node, type));
            return true;
        } catch (JsonProcessingException e) {
            FaultException inner = fault(e);
            if (inner != null) {
                inner.errors().forEach(error -> checks.fail(field.name() + "." + error.field(), error.message()));
            } else {
                Class<?> wanted = e instanceof MismatchedInputException wrong ? wrong.getTargetType() : null;
                checks.fail(field.name() + (e instanceof JsonMappingException at ? path(at) : ""), expected(wanted));
            }
            return false;
        }
    }

    private static FaultException refusal(Checks checks) {
        try {
            checks.done();
        } catch (FaultException e) {
            return e;
        }
        throw new IllegalStateException("nothing is wrong");
    }

    private static @Nullable FaultException fault(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof FaultException fault) {
                return fault;
            }
        }
        return null;
    }

    /** {@code [2]}, {@code .name}: where it is, seen from the field. */
    private static String path(JsonMappingException failure) {
        var path = new StringBuilder();
        List<JsonMappingException.Reference> steps = failure.getPath();
        for (JsonMappingException.Reference step : steps) {
            if (step.getFieldName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
            }
        }
        return path.toString();
    }

    private static String expected(@Nullable Class<?> type) {
        if (type == null) {
            return "is of another type";
        }
        return "must be " + describe(type);
    }

    private static String describe(Class<?> type) {
        if (type.isRecord()) {
            return "an object";
        }
        if (Collection.class.isAssignableFrom(type)) {
            return "a list";
        }
        if (type == Boolean.class || type == boolean.class) {
            return "true or false";
        }
        if (Number.class.isAssignableFrom(type) || type.isPrimitive()) {
            return "a whole number";
        }
        if (type.isEnum()) {
            return "one of "
                    + Arrays.stream(type.getEnumConstants())
                            .map(constant -> Json.tree(constant).textValue())
                            .collect(Collectors.joining(", "));
        }
        if (type == UUID.class) {
            return "a UUID";
        }
        return type == Instant.class ? "a time such as 2026-11-21T06:00:00Z" : "a text";
    }
}
