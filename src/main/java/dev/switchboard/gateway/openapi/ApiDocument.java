package dev.switchboard.gateway.openapi;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.protocol.AccountOperations;
import dev.switchboard.protocol.Conversation;
import dev.switchboard.protocol.ConversationOperations;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.Fields;
import dev.switchboard.protocol.Operation;
import dev.switchboard.protocol.RoomOperations;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The operations in the words of OpenAPI 3.1. */
public final class ApiDocument {
    private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");
    private static final Pattern WORD_START = Pattern.compile("[:/_-]+(\\w)");
    private static final Set<String> SAFE = Set.of("GET", "HEAD");
    private static final Set<String> WITHOUT_BODY = Set.of("GET", "HEAD", "DELETE");

    /** By HTTP these may be told apart from a repeat by a header as well as by {@code clientId}. */
    private static final Set<Operation<?, ?>> KEYED = Set.of(RoomOperations.SEND, ConversationOperations.CREATE);

    private final ObjectNode root = Schemas.object();
    private final ObjectNode paths;
    private final Schemas schemas;
    private final Set<String> tags = new LinkedHashSet<>();
    private final Set<String> ids = new LinkedHashSet<>();

    private ApiDocument(String version) {
        root.put("openapi", "3.1.0");
        ObjectNode info = root.putObject("info")
                .put("title", "Switchboard")
                .put("version", version)
                .put(
                        "description",
                        """
                        Accounts, chat, presence, meetings and calls. The same operations are reached by the event bus at \
                        `/eventbus`. Unknown fields are ignored in what you send and may appear in what you get.""");
        info.putObject("license").put("name", "Apache-2.0").put("identifier", "Apache-2.0");
        root.putArray("servers")
                .add(Schemas.object().put("url", "/api/v1"))
                .add(Schemas.object().put("url", "/api").put("description", "The same, without the version."));
        this.paths = root.putObject("paths");
        ObjectNode components = root.putObject("components");
        ObjectNode named = components.putObject("schemas");
        this.schemas = new Schemas(named);
        named.set(Answers.ERROR, Answers.error());
        addSecurity(components.putObject("securitySchemes"));
    }

    /** The document of these operations; those that have no route, or are for the platform alone, are left out. */
    public static ObjectNode of(String version, List<Operation<?, ?>> operations) {
        var document = new ApiDocument(version);
        for (Operation<?, ?> operation : operations) {
            if (operation.access() != Operation.Access.INTERNAL) {
                operation.http().forEach(route -> document.add(operation, route));
            }
        }
        document.addHealth();
        ArrayNode list = document.root.putArray("tags");
        document.tags.forEach(tag -> list.addObject().put("name", tag));
        return document.root;
    }

    private static void addSecurity(ObjectNode schemes) {
        schemes.putObject("bearer").put("type", "http").put("scheme", "bearer").put("bearerFormat", "JWT");
        schemes.putObject("session")
                .put("type", "apiKey")
                .put("in", "cookie")
                .put("name", "session")
                .put("description", "Set by signing in.");
        schemes.putObject("xsrf")
                .put("type", "apiKey")
                .put("in", "header")
                .put("name", "X-XSRF-TOKEN")
                .put(
                        "description",
                        "Must repeat the cookie XSRF-TOKEN. For POST, PUT and DELETE with the session cookie.");
    }

    private void add(Operation<?, ?> operation, Operation.Http route) {
        ObjectNode item = begin(route.path(), route.method(), id(operation, route), operation.summary());
        boolean unsafe = !SAFE.contains(route.method());
        secure(item, operation.access(), unsafe);
        List<Fields.Field> rest = parameters(item, operation, route);
        if (!rest.isEmpty() && !WITHOUT_BODY.contains(route.method())) {
            body(item, operation, rest);
        }
        ObjectNode responses = item.putObject("responses");
        succeed(responses, operation, route.status());
        boolean fields = !Fields.of(operation.request()).all().isEmpty();
        Answers.put(responses, Answers.faults(operation, unsafe, fields));
    }

    private ObjectNode begin(String path, String method, String id, String summary) {
        String tag = capital(path.split("/", -1)[1].replace('-', ' '));
        tags.add(tag);
        ObjectNode item = paths.withObjectProperty(path).putObject(method.toLowerCase(Locale.ROOT));
        item.putArray("tags").add(tag);
        return item.put("operationId", id).put("summary", summary);
    }

    private String id(Operation<?, ?> operation, Operation.Http route) {
        String id = camel(operation.address());
        if (!ids.add(id)) {
            id = camel(operation.address() + PARAMETER.matcher(route.path()).replaceAll("$1"));
            if (!ids.add(id)) {
                throw new IllegalStateException("two operations would be called " + id);
            }
        }
        return id;
    }

    private static void secure(ObjectNode item, Operation.Access access, boolean unsafe) {
        ArrayNode security = item.putArray("security");
        if (access != Operation.Access.PUBLIC) {
            security.addObject().putArray("bearer");
            ObjectNode cookie = security.addObject();
            cookie.putArray("session");
            if (unsafe) {
                cookie.putArray("xsrf");
            }
        }
        if (access == Operation.Access.ADMIN) {
            item.put("description", "For administrators.");
        }
    }

    /** Adds the parameters of path and query; returns the fields that are left for the body. */
    private List<Fields.Field> parameters(ObjectNode item, Operation<?, ?> operation, Operation.Http route) {
        Set<String> inPath = new LinkedHashSet<>();
        Matcher names = PARAMETER.matcher(route.path());
        while (names.find()) {
            inPath.add(names.group(1));
        }
        ArrayNode parameters = Schemas.object().arrayNode();
        List<Fields.Field> rest = new ArrayList<>();
        for (Fields.Field field : Fields.of(operation.request()).all()) {
            if (field.fromDoor()) {
                continue;
            }
            boolean path = inPath.contains(field.name());
            if (path || WITHOUT_BODY.contains(route.method())) {
                parameter(parameters, field, path ? "path" : "query", path || field.required());
            } else {
                rest.add(field);
            }
        }
        if (KEYED.contains(operation)) {
            ObjectNode key =
                    parameters.addObject().put("name", "Idempotency-Key").put("in", "header");
            key.put("description", "Stands for clientId where the body has none.")
                    .putObject("schema")
                    .put("type", "string")
                    .put("minLength", 1)
                    .put("maxLength", 64);
        }
        if (!parameters.isEmpty()) {
            item.set("parameters", parameters);
        }
        return rest;
    }

    private void parameter(ArrayNode parameters, Fields.Field field, String in, boolean required) {
        ObjectNode parameter = parameters.addObject().put("name", field.name()).put("in", in);
        parameter.put("required", required).set("schema", schemas.of(field));
        // Whoever tries the others out would send an example without having meant it.
        if (required) {
            parameter.set("example", Examples.of(field));
        }
    }

    private void body(ObjectNode item, Operation<?, ?> operation, List<Fields.Field> fields) {
        boolean required = fields.stream().anyMatch(Fields.Field::required);
        ObjectNode body = item.putObject("requestBody");
        if (operation.equals(AccountOperations.REFRESH)) {
            body.put("description", "Browsers leave it out: the cookie refresh serves, with X-XSRF-TOKEN.");
            required = false;
        }
        body.put("required", required);
        ObjectNode json = body.putObject("content").putObject(Answers.JSON);
        json.set("schema", schemas.request(capital(camel(operation.address())) + "Request", fields));
        json.set("example", Examples.body(fields));
    }

    private void succeed(ObjectNode responses, Operation<?, ?> operation, int status) {
        if (operation.equals(ConversationOperations.CREATE)) {
            // By HTTP the status says what `created` says on the event bus.
            success(responses, 200, "The pair had this conversation already.", Conversation.class);
            success(responses, status, "Made.", Conversation.class);
        } else {
            success(responses, status, "Done.", operation.reply());
        }
    }

    private void success(ObjectNode responses, int status, String description, Class<?> reply) {
        responses
                .putObject(String.valueOf(status))
                .put("description", description)
                .putObject("content")
                .putObject(Answers.JSON)
                .set("schema", schemas.reply(reply));
    }

    private void addHealth() {
        health("/health", "health", "How the node is", true);
        health("/health/live", "healthLive", "Whether the node runs", false);
        health("/health/ready", "healthReady", "Whether the node takes new clients", true);
    }

    private void health(String path, String id, String summary, boolean canBeDown) {
        ObjectNode item = begin(path, "GET", id, summary);
        item.putArray("security");
        ObjectNode responses = item.putObject("responses");
        ObjectNode schema = Schemas.object().put("type", "object");
        ObjectNode fields = schema.putObject("properties");
        fields.putObject("status").putArray("enum").add("ok").add("degraded").add("down");
        fields.putObject("info").put("type", "object");
        schema.putArray("required").add("status");
        responses
                .putObject("200")
                .put("description", "It is well.")
                .putObject("content")
                .putObject(Answers.JSON)
                .set("schema", schema);
        if (canBeDown) {
            ObjectNode down = responses.putObject("503").put("description", "It is not.");
            down.putObject("content").putObject(Answers.JSON).set("schema", schema.deepCopy());
        }
        ObjectNode errors = Schemas.object();
        Answers.put(errors, EnumSet.of(Fault.BAD_REQUEST, Fault.INTERNAL));
        responses.setAll(errors);
    }

    private static String capital(String word) {
        return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }

    private static String camel(String words) {
        return WORD_START.matcher(words).replaceAll(m -> m.group(1).toUpperCase(Locale.ROOT));
    }
}
