package dev.switchboard.gateway.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import io.vertx.core.MultiMap;
import java.lang.reflect.RecordComponent;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How path and query parameters fit into the JSON of a request. They are texts; Jackson makes numbers, booleans and ids
 * of them.
 *
 * @param fields the fields of the request record, each with whether it holds several values
 */
record RequestShape(Map<String, Boolean> fields) {

    static RequestShape of(Class<? extends Record> request) {
        Map<String, Boolean> fields = new LinkedHashMap<>();
        for (RecordComponent component : request.getRecordComponents()) {
            fields.put(component.getName(), Collection.class.isAssignableFrom(component.getType()));
        }
        return new RequestShape(fields);
    }

    /**
     * Puts the parameters over the fields of the body: path before query before body. What the request does not know is
     * left out.
     *
     * @param path not decoded yet
     * @param names other names of fields, each with the field that it means; the field's own name goes before
     * @throws FaultException {@code bad_request} for a malformed {@code %} escape
     */
    void merge(ObjectNode body, MultiMap query, Map<String, String> path, Map<String, String> names) {
        names.forEach((name, field) -> {
            if (body.has(name) && !body.has(field)) {
                body.set(field, body.get(name));
            }
        });
        for (String given : query.names()) {
            String name = names.getOrDefault(given, given);
            Boolean several = fields.get(name);
            if (several == null || (!name.equals(given) && query.contains(name))) {
                continue;
            }
            List<String> values = query.getAll(given);
            // Several values where one is meant are a list where none is meant: refused by name, with all other
            // mistakes.
            if (several || values.size() > 1) {
                ArrayNode array = body.putArray(name);
                values.forEach(array::add);
            } else {
                body.put(name, values.get(0));
            }
        }
        path.forEach((name, value) -> body.put(name, decode(value)));
    }

    private static String decode(String segment) {
        try {
            // In a path, unlike in a form, a plus is a plus.
            return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Fault.BAD_REQUEST.because("The address has a malformed escape.");
        }
    }
}
