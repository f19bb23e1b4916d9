package dev.switchboard.gateway.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import dev.switchboard.bus.Json;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.Fields;
import dev.switchboard.protocol.Operation;
import dev.switchboard.protocol.Operations;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The document is OpenAPI 3.1, tells every operation, and tells of each what its request record enforces. */
class ApiDocumentTest {
    private static final JsonNode DOCUMENT = ApiDocument.of("1.0.0", Operations.ALL);
    private static final Set<String> BESIDE_OPERATIONS = Set.of("GET /health", "GET /health/live", "GET /health/ready");

    private static Stream<Operation<?, ?>> operations() {
        return Operations.ALL.stream().filter(operation -> operation.access() != Operation.Access.INTERNAL);
    }

    private static JsonNode item(Operation.Http route) {
        return DOCUMENT.get("paths").get(route.path()).get(route.method().toLowerCase(Locale.ROOT));
    }

    @Test
    void itIsOpenApi31() throws Exception {
        try (InputStream in = ApiDocumentTest.class.getResourceAsStream("/openapi/oas-3.1-schema-2022-10-07.json")) {
            var official = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(Json.MAPPER.readTree(in));

            assertThat(official.validate(DOCUMENT)).isEmpty();
            assertThat(official.validate(Json.MAPPER.readTree("{\"openapi\":\"3.1.0\",\"info\":{}}")))
                    .isNotEmpty();
        }
    }

    @Test
    void everySchemaIsJsonSchema() {
        var meta = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(URI.create("https://json-schema.org/draft/2020-12/schema"));
        assertThat(DOCUMENT.at("/components/schemas")).isNotEmpty();
        DOCUMENT.at("/components/schemas")
                .forEach(schema ->
                        assertThat(meta.validate(schema)).as(schema.toString()).isEmpty());
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        List<String> references = DOCUMENT.findValuesAsText("$ref");
        assertThat(references).isNotEmpty().allSatisfy(reference -> {
            assertThat(reference).startsWith("#/");
            assertThat(DOCUMENT.at(reference.substring(1)).isMissingNode())
                    .as(reference)
                    .isFalse();
        });
    }

    @Test
    void itTellsEveryRouteAndNoOther() {
        Set<String> told = new TreeSet<>();
        Set<String> ids = new LinkedHashSet<>();
        DOCUMENT.get("paths")
                .fields()
                .forEachRemaining(path -> path.getValue().fields().forEachRemaining(method -> {
                    told.add(method.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey());
                    assertThat(ids.add(method.getValue().get("operationId").textValue()))
                            .isTrue();
                }));
        Set<String> declared = operations()
                .flatMap(operation -> operation.http().stream())
                .map(route -> route.method() + " " + route.path())
                .collect(Collectors.toCollection(TreeSet::new));
        declared.addAll(BESIDE_OPERATIONS);

        assertThat(told).isEqualTo(declared);
    }

    @Test
    void itTellsTheSameRoutesAsTheManual() throws Exception {
        var route = Pattern.compile("`(GET|POST|PUT|DELETE) (/[^` ]+)` \\d{3}");
        Set<String> manual = new TreeSet<>();
        for (String line : Files.readAllLines(Path.of("docs", "protocol.md"))) {
            route.matcher(line).results().forEach(m -> manual.add(m.group(1) + " " + m.group(2)));
        }
        manual.addAll(BESIDE_OPERATIONS);
        Set<String> told = new TreeSet<>();
        DOCUMENT.get("paths").fields().forEachRemaining(path -> path.getValue()
                .fieldNames()
                .forEachRemaining(method -> told.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));

        assertThat(told).isEqualTo(manual);
    }

    @Test
    void whoeverNeedsATokenIsTold() {
        operations().forEach(operation -> operation.http().forEach(route -> {
            JsonNode security = item(route).get("security");
            if (operation.access() == Operation.Access.PUBLIC) {
                assertThat(security).isEmpty();
                assertThat(item(route).get("responses").has("403"))
                        .isEqualTo(operation.faults().stream().anyMatch(fault -> fault.status() == 403));
            } else {
                assertThat(security).hasSize(2);
                assertThat(security.get(0).has("bearer")).isTrue();
                assertThat(security.get(1).has("session")).isTrue();
                assertThat(security.get(1).has("xsrf"))
                        .isEqualTo(!route.method().equals("GET"));
                assertThat(item(route).get("responses").has("401")).isTrue();
            }
        }));
    }

    @Test
    void whatTheDoorFillsInIsNotAskedFor() {
        assertThat(DOCUMENT.at("/components/schemas/AccountRegisterRequest/properties")
                        .fieldNames())
                .toIterable()
                .containsExactly("username", "email", "password", "displayName", "phoneNumber");
        assertThat(DOCUMENT.at("/components/schemas/AccountRegisterRequest/required")
                        .toString())
                .isEqualTo("[\"username\",\"email\",\"password\"]");
    }

    /** Rules without a check would be promises: every rule of every request is broken once, by itself. */
    @TestFactory
    Stream<DynamicTest> everyRuleIsEnforcedAndTold() {
        return operations().flatMap(operation -> Fields.of(operation.request()).all().stream()
                .flatMap(field -> broken(field).entrySet().stream()
                        .map(wrong -> DynamicTest.dynamicTest(
                                operation.address() + " " + field.name() + " " + wrong.getKey(), () -> {
                                    var body = Examples.body(
                                            Fields.of(operation.request()).all());
                                    assertThat(Json.read(body, operation.request()))
                                            .isNotNull();
                                    body.set(field.name(), wrong.getValue());
                                    List<String> named = new ArrayList<>();
                                    try {
                                        Json.read(body, operation.request());
                                    } catch (FaultException e) {
                                        e.errors().forEach(error -> named.add(error.field()));
                                    }
                                    assertThat(named).isNotEmpty();
                                    assertThat(named.get(0)).startsWith(field.name());
                                    if (!field.fromDoor() && !wrong.getKey().equals("bytes")) {
                                        assertThat(valid(field, wrong.getValue()))
                                                .isFalse();
                                        assertThat(valid(field, Examples.of(field)))
                                                .isEqualTo(field.form() == null || field.example() != null);
                                    }
                                }))));
    }

    private static boolean valid(Fields.Field field, JsonNode value) {
        var named = Json.MAPPER.createObjectNode();
        ObjectNode schema = new Schemas(named).of(field);
        schema.putObject("components").set("schemas", named);
        Set<ValidationMessage> problems = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(
                        schema,
                        SchemaValidatorsConfig.builder()
                                .formatAssertionsEnabled(true)
                                .build())
                .validate(value);
        return problems.isEmpty();
    }

    private static Map<String, JsonNode> broken(Fields.Field field) {
        Map<String, JsonNode> wrong = new LinkedHashMap<>();
        if (field.required()) {
            wrong.put("missing", Json.MAPPER.nullNode());
        }
        if (field.length() != null) {
            wrong.put("long", text("x".repeat(field.length().max() + 1)));
            if (field.length().min() > 0) {
                wrong.put("blank", text(" ".repeat(field.length().min())));
            }
            if (field.length().maxBytes() != Integer.MAX_VALUE) {
                wrong.put("bytes", text("\uD83D\uDE00".repeat(field.length().maxBytes() / 4) + "x"));
            }
        }
        if (field.form() != null) {
            wrong.put("form", text("\n!@@!".repeat(2)));
        }
        if (field.oneOf() != null) {
            wrong.put("other", text("something else"));
        }
        if (field.range() != null) {
            wrong.put(
                    "small",
                    Json.MAPPER.getNodeFactory().numberNode(field.range().min() - 1));
            if (field.range().max() != Long.MAX_VALUE) {
                wrong.put(
                        "large",
                        Json.MAPPER.getNodeFactory().numberNode(field.range().max() + 1));
            }
        }
        if (field.items() != null) {
            var list = Json.MAPPER.createArrayNode();
            for (int i = 0; i <= field.items().max(); i++) {
                list.add(item(field, i));
            }
            wrong.put("many", list);
        }
        boolean text = field.type() == String.class;
        wrong.put("type", text ? Json.MAPPER.getNodeFactory().numberNode(5) : text("no such thing"));
        return wrong;
    }

    private static JsonNode item(Fields.Field field, int index) {
        return field.item() != null && field.item().type() == String.class
                ? text("name" + index)
                : text(new UUID(0x7000, 0x8000_0000_0000_0000L + index).toString());
    }

    private static JsonNode text(String value) {
        return Json.MAPPER.getNodeFactory().textNode(value);
    }

    /** A record that declares rules and does not check them would let everything through. */
    @Test
    void everyRequestThatHasRulesChecksThem() {
        operations().forEach(operation -> {
            boolean required = Fields.of(operation.request()).all().stream().anyMatch(Fields.Field::required);
            boolean checks = required && refuses(operation);
            assertThat(checks).as(operation.address()).isEqualTo(required);
        });
    }

    private static boolean refuses(Operation<?, ?> operation) {
        try {
            Json.read(Json.MAPPER.createObjectNode(), operation.request());
            return false;
        } catch (FaultException e) {
            return !e.errors().isEmpty();
        }
    }

    @Test
    void rulesStandOnlyWhereTheyMeanSomething() {
        operations().forEach(operation -> Fields.of(operation.request()).all().forEach(field -> {
            boolean text = field.type() == String.class;
            assertThat(field.length() == null || text).isTrue();
            assertThat(!text || field.length() != null || field.oneOf() != null || field.fromDoor())
                    .as(operation.address() + " " + field.name() + " has no limit")
                    .isTrue();
        }));
    }
}
