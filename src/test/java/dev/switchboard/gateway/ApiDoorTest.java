package dev.switchboard.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import dev.switchboard.bus.Handlers;
import dev.switchboard.bus.Json;
import dev.switchboard.protocol.Fields;
import dev.switchboard.protocol.Operation;
import dev.switchboard.protocol.Operations;
import io.vertx.core.Future;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the document promises, asked of the door: its examples are taken, its answers and errors are as described. */
class ApiDoorTest {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(30)).build();
    private static final Set<String> WITHOUT_BODY = Set.of("GET", "DELETE");

    private static TestGateway gateway;
    private static JsonNode document;

    @BeforeAll
    static void start() throws Exception {
        gateway = new TestGateway(TestGateway.NO_LIMITS, ApiDoorTest::serve);
        document = Json.MAPPER.readTree(
                send("GET", "/api/openapi.json", null, null).body());
    }

    @AfterAll
    static void stop() throws Exception {
        gateway.close();
    }

    private static void serve(Handlers handlers) {
        Operations.ALL.forEach(operation -> on(handlers, operation));
    }

    private static <Q extends Record, R extends Record> void on(Handlers handlers, Operation<Q, R> operation) {
        handlers.on(
                operation, (c, q) -> Future.succeededFuture(Json.read(sample(operation.reply()), operation.reply())));
    }

    /** A reply with all that must be in it. */
    private static ObjectNode sample(Class<?> type) {
        ObjectNode sample = Json.MAPPER.createObjectNode();
        for (Fields.Field field : Fields.of(type).all()) {
            if (field.required()) {
                sample.set(field.name(), value(field));
            }
        }
        return sample;
    }

    private static JsonNode value(Fields.Field field) {
        Type type = field.type();
        if (field.item() != null) {
            return Json.MAPPER.createArrayNode().add(value(field.item()));
        }
        if (field.oneOf() != null) {
            return Json.tree(field.oneOf().value()[0]);
        }
        if (type == UUID.class) {
            return Json.tree(TestGateway.ANNA);
        }
        if (type == Instant.class) {
            return Json.tree(Instant.EPOCH);
        }
        if (type == boolean.class || type == Boolean.class) {
            return Json.tree(true);
        }
        if (type == String.class) {
            return Json.tree("some-text");
        }
        Class<?> raw = (Class<?>) (type instanceof ParameterizedType generic ? generic.getRawType() : type);
        if (raw.isEnum()) {
            return Json.tree(raw.getEnumConstants()[0]);
        }
        return raw.isRecord() ? sample(raw) : raw == Object.class ? Json.tree("anything") : Json.tree(1);
    }

    record Case(Operation<?, ?> operation, Operation.Http route) {
        JsonNode item() {
            return document.get("paths").get(route.path()).get(route.method().toLowerCase(Locale.ROOT));
        }

        /** The path with the examples of its parameters, and the query that must be there. */
        String uri() {
            String path = route.path();
            List<String> query = new ArrayList<>();
            for (JsonNode parameter : item().path("parameters")) {
                String name = parameter.get("name").textValue();
                if (parameter.get("in").textValue().equals("path")) {
                    path = path.replace(
                            "{" + name + "}", parameter.get("example").asText());
                } else if (parameter.path("required").booleanValue()) {
                    query.add(name + "=" + parameter.get("example").asText());
                }
            }
            return "/api/v1" + path + (query.isEmpty() ? "" : "?" + String.join("&", query));
        }

        String body() {
            JsonNode example = item().at("/requestBody/content/application~1json/example");
            return example.isMissingNode() ? null : example.toString();
        }

        @Override
        public String toString() {
            return route.method() + " " + route.path();
        }
    }

    static Stream<Case> cases() {
        return Operations.ALL.stream()
                .filter(operation -> operation.access() != Operation.Access.INTERNAL)
                .flatMap(operation -> operation.http().stream().map(route -> new Case(operation, route)));
    }

    private static HttpResponse<String> send(String method, String uri, String body, String token) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port + uri))
                .timeout(Duration.ofSeconds(30));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        request.method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Checks an answer against what the document says of its status. */
    private static JsonNode isAsDescribed(Case asked, HttpResponse<String> answer) throws Exception {
        JsonNode described = asked.item().get("responses").get(String.valueOf(answer.statusCode()));
        assertThat(described)
                .as(asked + " may answer " + answer.statusCode() + ": " + answer.body())
                .isNotNull();
        ObjectNode schema = described.at("/content/application~1json/schema").<ObjectNode>deepCopy();
        schema.set("components", document.get("components"));
        var strict =
                SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
        JsonNode body = Json.MAPPER.readTree(answer.body());
        assertThat(JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                        .getSchema(schema, strict)
                        .validate(body))
                .as(answer.body())
                .isEmpty();
        return body;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void anExampleIsTakenAndAnsweredAsDescribed(Case asked) throws Exception {
        var answer = send(asked.route().method(), asked.uri(), asked.body(), "admin");

        assertThat(answer.statusCode())
                .as(answer.body())
                .isEqualTo(asked.route().status());
        isAsDescribed(asked, answer);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whoeverIsNobodyIsRefusedAsDescribed(Case asked) throws Exception {
        var answer = send(asked.route().method(), asked.uri(), asked.body(), null);

        assertThat(answer.statusCode() == 401).isEqualTo(asked.operation().access() != Operation.Access.PUBLIC);
        isAsDescribed(asked, answer);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void wrongFieldsAreNamedAsDescribed(Case asked) throws Exception {
        List<Fields.Field> fields = Fields.of(asked.operation().request()).all().stream()
                .filter(field -> !field.fromDoor())
                .filter(field -> !asked.route().path().contains("{" + field.name() + "}"))
                .toList();
        boolean inQuery = WITHOUT_BODY.contains(asked.route().method());
        ObjectNode wrong = Json.MAPPER.createObjectNode();
        List<String> broken = new ArrayList<>();
        StringBuilder query = new StringBuilder(asked.uri().contains("?") ? asked.uri() : asked.uri() + "?");
        for (Fields.Field field : fields) {
            // Two values where one is meant; no list where one is meant.
            if (field.item() == null) {
                wrong.putArray(field.name());
                query.append("&")
                        .append(field.name())
                        .append("=a&")
                        .append(field.name())
                        .append("=b");
            } else {
                wrong.putObject(field.name());
                query.append("&").append(field.name()).append("=a");
            }
            broken.add(field.name());
        }
        if (broken.isEmpty()) {
            return;
        }
        var answer = inQuery
                ? send(asked.route().method(), query.toString(), null, "admin")
                : send(asked.route().method(), asked.uri(), wrong.toString(), "admin");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        JsonNode body = isAsDescribed(asked, answer);
        assertThat(body.get("code").textValue()).isEqualTo("validation_failed");
        assertThat(body.get("errors").findValuesAsText("field")).containsExactlyElementsOf(broken);
    }

    @Test
    void theDocumentIsServedToAnybodyAtBothPlaces() throws Exception {
        var one = send("GET", "/api/openapi.json", null, null);
        var other = send("GET", "/api/v1/openapi.json", null, null);

        assertThat(one.statusCode()).isEqualTo(200);
        assertThat(one.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/json"));
        assertThat(one.body()).isEqualTo(other.body()).contains("\"openapi\":\"3.1.0\"");
    }

    @Test
    void thePageIsServedUnderItsOwnPolicy() throws Exception {
        for (String path : List.of(
                "/api/docs",
                "/api/docs/",
                "/api/docs/docs.js",
                "/api/docs/docs.css",
                "/api/docs/swagger-ui.css",
                "/api/docs/swagger-ui-bundle.js",
                "/api/docs/favicon-32x32.png")) {
            var answer = send("GET", path, null, null);
            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Security-Policy"))
                    .hasValueSatisfying(policy ->
                            assertThat(policy).contains("default-src 'self'").doesNotContain("unsafe"));
        }
        assertThat(send("GET", "/api/docs", null, null).body()).contains("/api/docs/swagger-ui-bundle.js");
    }
}
