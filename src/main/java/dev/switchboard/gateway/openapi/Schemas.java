package dev.switchboard.gateway.openapi;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.bus.Json;
import dev.switchboard.protocol.Fields;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** JSON Schemas (draft 2020-12) of records, made from what their {@link Fields} say. Named ones are kept for reference. */
final class Schemas {
    private static final String SUFFIX = "Operations";

    private final ObjectNode named;
    private final Map<Class<?>, String> names = new LinkedHashMap<>();

    /** @param named where named schemas go */
    Schemas(ObjectNode named) {
        this.named = named;
    }

    static ObjectNode reference(String name) {
        return object().put("$ref", "#/components/schemas/" + name);
    }

    static ObjectNode object() {
        return Json.MAPPER.createObjectNode();
    }

    /** The schema of an object with these fields, under a name. */
    ObjectNode request(String name, List<Fields.Field> fields) {
        ObjectNode schema = object().put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        fields.forEach(field -> properties.set(field.name(), of(field)));
        require(schema, fields.stream().filter(Fields.Field::required).toList());
        named.set(name, schema);
        return reference(name);
    }

    /** A reference to the schema of a record that we answer. */
    ObjectNode reply(Class<?> type) {
        String known = names.get(type);
        if (known != null) {
            return reference(known);
        }
        String name = free(type);
        names.put(type, name);
        JsonInclude include = type.getAnnotation(JsonInclude.class);
        boolean leavesOut = include != null && include.value() == JsonInclude.Include.NON_NULL;
        ObjectNode schema = object().put("type", "object");
        // Its place is taken before its fields are looked at: records may hold their like.
        named.set(name, schema);
        ObjectNode properties = schema.putObject("properties");
        List<Fields.Field> fields = Fields.of(type).all();
        for (Fields.Field field : fields) {
            ObjectNode of = of(field);
            properties.set(field.name(), field.required() || leavesOut ? of : orNull(of));
        }
        require(
                schema,
                fields.stream().filter(field -> field.required() || !leavesOut).toList());
        return reference(name);
    }

    /** Two parts may use one word: the second is told from the first by the name of its part. */
    private String free(Class<?> type) {
        String name = type.getSimpleName();
        Class<?> owner = type.getDeclaringClass();
        if (named.has(name) && owner != null) {
            name = owner.getSimpleName().replace(SUFFIX, "") + name;
        }
        if (named.has(name)) {
            throw new IllegalStateException("two schemas would be called " + name);
        }
        return name;
    }

    private static void require(ObjectNode schema, List<Fields.Field> fields) {
        if (!fields.isEmpty()) {
            ArrayNode required = schema.putArray("required");
            fields.forEach(field -> required.add(field.name()));
        }
    }

    private static ObjectNode orNull(ObjectNode schema) {
        ObjectNode nullable = object();
        nullable.putArray("anyOf").add(schema).add(object().put("type", "null"));
        return nullable;
    }

    /** The schema of a field: its type, and the rules that a schema can tell. */
    ObjectNode of(Fields.Field field) {
        ObjectNode schema = ofType(field);
        if (field.length() != null) {
            if (field.length().min() > 0) {
                schema.put("minLength", field.length().min());
            }
            schema.put("maxLength", field.length().max());
            if (field.length().maxBytes() != Integer.MAX_VALUE) {
                schema.put("description", "At most " + field.length().maxBytes() + " bytes in UTF-8.");
            }
        }
        if (field.form() != null) {
            schema.put("pattern", "^" + field.form().pattern() + "$");
        } else if (field.length() != null && field.length().min() > 0) {
            schema.put("pattern", "\\S");
        }
        if (field.oneOf() != null) {
            ArrayNode allowed = schema.putArray("enum");
            Arrays.stream(field.oneOf().value()).forEach(allowed::add);
        }
        if (field.range() != null) {
            schema.put("minimum", field.range().min());
            if (field.range().max() != Long.MAX_VALUE) {
                schema.put("maximum", field.range().max());
            }
        }
        if (field.items() != null) {
            schema.put("maxItems", field.items().max());
        }
        return schema;
    }

    private ObjectNode ofType(Fields.Field field) {
        if (field.item() != null) {
            ObjectNode list = object().put("type", "array");
            list.set("items", of(field.item()));
            return list;
        }
        return ofType(raw(field.type()));
    }

    private ObjectNode ofType(Class<?> type) {
        if (type == String.class) {
            return object().put("type", "string");
        }
        if (type == UUID.class) {
            return object().put("type", "string").put("format", "uuid");
        }
        if (type == Instant.class) {
            return object().put("type", "string").put("format", "date-time");
        }
        if (type == boolean.class || type == Boolean.class) {
            return object().put("type", "boolean");
        }
        if (type == int.class || type == Integer.class) {
            return object().put("type", "integer").put("format", "int32");
        }
        if (type == long.class || type == Long.class) {
            return object().put("type", "integer").put("format", "int64");
        }
        if (type.isEnum()) {
            ObjectNode text = object().put("type", "string");
            ArrayNode allowed = text.putArray("enum");
            Arrays.stream(type.getEnumConstants()).map(Json::tree).forEach(allowed::add);
            return text;
        }
        if (type.isRecord()) {
            return reply(type);
        }
        if (Map.class.isAssignableFrom(type)) {
            return object().put("type", "object");
        }
        if (type == Object.class) {
            return object();
        }
        throw new IllegalStateException("no schema for " + type);
    }

    private static Class<?> raw(Type type) {
        if (type instanceof Class<?> plain) {
            return plain;
        }
        if (type instanceof ParameterizedType generic
                && generic.getRawType() instanceof Class<?> raw
                && !Collection.class.isAssignableFrom(raw)) {
            return raw;
        }
        return Object.class;
    }
}
