package dev.switchboard.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.bus.Json;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RequestShapeTest {
    record Request(UUID id, Integer limit, Long before, Boolean open, List<UUID> userIds, Set<String> roles) {}

    private static final UUID A = UUID.randomUUID();
    private static final UUID B = UUID.randomUUID();

    private final RequestShape shape = RequestShape.of(Request.class);

    private Request read(MultiMap query, Map<String, String> path) {
        var tree = Json.MAPPER.createObjectNode();
        shape.merge(tree, query, path, Map.of());
        return Json.read(tree, Request.class);
    }

    @Test
    void textsBecomeWhatTheRequestNeeds() {
        var query = MultiMap.caseInsensitiveMultiMap()
                .add("limit", "7")
                .add("before", "9007199254740993")
                .add("open", "true")
                .add("userIds", A.toString())
                .add("userIds", B.toString())
                .add("roles", "one");

        assertThat(read(query, Map.of("id", A.toString())))
                .isEqualTo(new Request(A, 7, 9007199254740993L, true, List.of(A, B), Set.of("one")));
    }

    @Test
    void aSingleValueIsGivenOnce() {
        var query = MultiMap.caseInsensitiveMultiMap().add("limit", "1").add("limit", "2");

        assertThatThrownBy(() -> read(query, Map.of())).isInstanceOfSatisfying(FaultException.class, e -> {
            assertThat(e.fault()).isEqualTo(Fault.VALIDATION_FAILED);
            assertThat(e.errors())
                    .contains(new FaultException.FieldError("limit", "must be given once, not as a list"));
        });
    }

    @Test
    void fieldsMayHaveOtherNames() {
        var names = Map.of("max", "limit", "from", "before");
        var body = Json.MAPPER.createObjectNode().put("from", 3).put("max", 1);
        var query = MultiMap.caseInsensitiveMultiMap().add("max", "7");
        shape.merge(body, query, Map.of("id", A.toString()), names);
        assertThat(Json.read(body, Request.class)).isEqualTo(new Request(A, 7, 3L, null, null, null));

        var own = Json.MAPPER.createObjectNode().put("limit", 5).put("max", 6);
        shape.merge(own, MultiMap.caseInsensitiveMultiMap().add("from", "1").add("before", "2"), Map.of(), names);
        assertThat(Json.read(own, Request.class)).isEqualTo(new Request(null, 5, 2L, null, null, null));
    }

    @Test
    void pathSegmentsAreDecodedOnce() {
        record Named(String name) {}
        var tree = Json.MAPPER.createObjectNode();

        RequestShape.of(Named.class)
                .merge(tree, MultiMap.caseInsensitiveMultiMap(), Map.of("name", "a+b%20c%2F%2541%C3%A9"), Map.of());

        assertThat(Json.read(tree, Named.class)).isEqualTo(new Named("a+b c/%41é"));
        assertThatThrownBy(() -> shape.merge(tree, MultiMap.caseInsensitiveMultiMap(), Map.of("id", "%zz"), Map.of()))
                .isInstanceOfSatisfying(
                        FaultException.class, e -> assertThat(e.fault()).isEqualTo(Fault.BAD_REQUEST));
    }
}
