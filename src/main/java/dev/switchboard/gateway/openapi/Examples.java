package dev.switchboard.gateway.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.switchboard.bus.Json;
import dev.switchboard.protocol.Fields;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Values that the rules of a field allow, always the same ones. */
final class Examples {
    private static final String ID = "019aa8c0-7e00-7000-8000-000000000001";
    private static final String TIME = "2026-11-21T06:00:00.000Z";
    private static final String LETTER = "a";

    private Examples() {}

    /** A body that shows what is required, what has an example of its own, and lists. */
    static ObjectNode body(List<Fields.Field> fields) {
        ObjectNode body = Json.MAPPER.createObjectNode();
        for (Fields.Field field : fields) {
            if (field.required() || field.example() != null || field.item() != null) {
                body.set(field.name(), of(field));
            }
        }
        return body;
    }

    static JsonNode of(Fields.Field field) {
        Type type = field.type();
        if (field.item() != null) {
            ArrayNode list = Json.MAPPER.createArrayNode();
            return list.add(of(field.item()));
        }
        if (type == Boolean.class || type == boolean.class) {
            return BooleanNode.TRUE;
        }
        if (type == Integer.class || type == int.class || type == Long.class || type == long.class) {
            return LongNode.valueOf(field.range() == null ? 1 : field.range().min());
        }
        if (field.example() != null) {
            return TextNode.valueOf(field.example());
        }
        if (field.oneOf() != null) {
            return TextNode.valueOf(field.oneOf().value()[0]);
        }
        if (type instanceof Class<?> raw && raw.isRecord()) {
            return body(Fields.of(raw).all());
        }
        if (type instanceof Class<?> raw && raw.isEnum()) {
            return Json.tree(raw.getEnumConstants()[0]);
        }
        if (type == UUID.class) {
            return TextNode.valueOf(ID);
        }
        if (type == Instant.class) {
            return TextNode.valueOf(TIME);
        }
        int length = field.length() == null ? 1 : Math.max(1, field.length().min());
        return TextNode.valueOf(LETTER.repeat(length));
    }
}
