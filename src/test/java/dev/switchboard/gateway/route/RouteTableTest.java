package dev.switchboard.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.protocol.AccountOperations;
import dev.switchboard.protocol.ConversationOperations;
import dev.switchboard.protocol.Operation;
import dev.switchboard.protocol.Operations;
import dev.switchboard.protocol.RoomOperations;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTableTest {
    private static final RouteTable BUILT_IN = new RouteTable(List.of(), BuiltInRoutes.of(Operations.ALL, 1_024));

    private static Route service(String methods, String path) {
        return service(methods, path, null);
    }

    private static Route service(String methods, String path, @Nullable String rewrite) {
        return new Route(
                methods + " " + path,
                methods.equals("*") ? Set.of() : Set.of(methods.split(",", -1)),
                PathPattern.of(path),
                new Access.User(),
                "default",
                Duration.ofSeconds(5),
                1_024,
                new Target.Service("service", rewrite));
    }

    private static RouteTable table(String... rows) {
        return new RouteTable(
                List.of(rows).stream()
                        .map(row -> service(row.split(" ", 2)[0], row.split(" ", 2)[1]))
                        .toList(),
                List.of());
    }

    private static @Nullable Match match(RouteTable table, String method, String path) {
        Place place = table.find(NormalPath.of(path));
        return place == null ? null : place.match(method);
    }

    private static Operation<?, ?> operation(String method, String path) {
        return ((Target.Operation) match(BUILT_IN, method, path).route().target()).operation();
    }

    @Test
    void everyDeclaredRouteIsFound() {
        for (Operation<?, ?> operation : Operations.ALL) {
            for (Operation.Http http : operation.http()) {
                for (String prefix : List.of("/api/v1", "/api")) {
                    var match =
                            match(BUILT_IN, http.method(), prefix + http.path().replaceAll("\\{\\w+}", "x"));
                    assertThat(match).as("%s %s", http.method(), http.path()).isNotNull();
                    assertThat(match.route().target()).isEqualTo(new Target.Operation(operation, http.status()));
                    assertThat(match.route().name()).isEqualTo(operation.address());
                }
            }
        }
    }

    @Test
    void aLiteralWinsOverAParameter() {
        assertThat(operation("GET", "/api/users/me")).isEqualTo(AccountOperations.GET_ME);
        assertThat(operation("GET", "/api/users/abc")).isEqualTo(AccountOperations.GET_USER);
        assertThat(operation("PUT", "/api/users/me/roles")).isEqualTo(AccountOperations.SET_ROLES);
        assertThat(match(BUILT_IN, "GET", "/api/users/abc").parameters()).isEqualTo(Map.of("id", "abc"));
    }

    @Test
    void parametersHaveTheNamesOfTheirOwnRow() {
        var match = match(BUILT_IN, "DELETE", "/api/v1/conversations/a/members/b%20c");

        assertThat(operation("DELETE", "/api/v1/conversations/a/members/b"))
                .isEqualTo(ConversationOperations.REMOVE_MEMBER);
        assertThat(match.parameters()).isEqualTo(Map.of("id", "a", "userId", "b%20c"));
    }

    @Test
    void aPathSaysWhatItAllows() {
        assertThat(BUILT_IN.find(NormalPath.of("/api/messages")).allow()).isEqualTo("GET, HEAD, OPTIONS, POST");
        assertThat(BUILT_IN.find(NormalPath.of("/api/messages/x")).allow()).isEqualTo("DELETE, OPTIONS, PUT");
        assertThat(operation("HEAD", "/api/messages")).isEqualTo(RoomOperations.HISTORY);
        assertThat(match(BUILT_IN, "HEAD", "/api/messages/x")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/", "/api", "/api/users/", "/api/users//roles/", "/api/Users", "/api/users/a/b/c", "/api/auth"})
    void otherPathsLeadNowhere(String path) {
        assertThat(BUILT_IN.find(NormalPath.of(path))).isNull();
    }

    @Test
    void operationsOfThePlatformAloneHaveNoRow() {
        assertThat(BuiltInRoutes.of(List.of(AccountOperations.GET_ME.access(Operation.Access.INTERNAL)), 1))
                .isEmpty();
    }

    @Test
    void oneRequestHasOneRow() {
        assertThatThrownBy(() -> table("GET /users/{id}", "GET,PUT /users/{other}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("GET /users/{id} and GET,PUT /users/{other}");
        assertThatThrownBy(() -> table("* /a/**", "* /a/**")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET|/a/b|GET /a/b",
                "GET|/a/c|GET /a/{x}",
                "GET|/a/%62|GET /a/b",
                "GET|/a/c/d|GET /a/**",
                "GET|/a|GET /a/**",
                "GET|/a/|GET /a/**",
                "GET|/a/b/d|GET /a/**",
                "POST|/a/b|",
                "HEAD|/a/b|GET /a/b",
                "GET|/m/x|GET /m/{y}",
                "PATCH|/m/x|* /m/{x}",
                "HEAD|/m/x|GET /m/{y}",
                "OPTIONS|/m/x|* /m/{x}",
                "GET|/z|* /**",
                "GET|/|* /**",
                "GET|/@me|GET /@me",
                "GET|/%40me|GET /@me"
            })
    void theMostSpecificPatternDecidesAlone(String method, String path, @Nullable String expected) {
        RouteTable table = table("* /**", "GET /a/**", "GET /a/{x}", "GET /a/b", "* /m/{x}", "GET /m/{y}", "GET /@me");

        Match match = match(table, method, path);

        assertThat(match == null ? null : match.route().name()).isEqualTo(expected);
    }

    @Test
    void aDeadEndIsLeftForAWiderPattern() {
        RouteTable table = table("GET /a/b/c", "GET /a/{x}/d", "GET /{x}/b/e");

        assertThat(match(table, "GET", "/a/b/d").parameters()).isEqualTo(Map.of("x", "b"));
        assertThat(match(table, "GET", "/a/b/e").parameters()).isEqualTo(Map.of("x", "a"));
        assertThat(match(table, "GET", "/a/b/f")).isNull();
    }

    @Test
    void aParameterIsNeverEmpty() {
        assertThat(match(table("GET /a/{x}"), "GET", "/a/")).isNull();
    }

    @Test
    void theUsersRowWins() {
        var table = new RouteTable(
                List.of(service("GET", "/api/users/me"), service("*", "/api/messages")),
                BuiltInRoutes.of(Operations.ALL, 1_024));

        assertThat(match(table, "GET", "/api/users/me").route().name()).isEqualTo("GET /api/users/me");
        assertThat(match(table, "PUT", "/api/users/me").route().name()).isEqualTo("user:update");
        assertThat(match(table, "POST", "/api/messages").route().name()).isEqualTo("* /api/messages");
        assertThat(match(table, "POST", "/api/v1/messages").route().name()).isEqualTo("message:send");
    }

    @Test
    void theTargetIsAskedForWhatWasMatched() {
        var table = new RouteTable(
                List.of(
                        service("GET", "/keep/{x}"),
                        service("GET", "/rooms/{id}", "/v2/{id}/room"),
                        service("GET", "/auth/**", "/**")),
                List.of());

        assertThat(match(table, "GET", "/keep/../keep/%61").path()).isEqualTo("/keep/a");
        assertThat(match(table, "GET", "/rooms/%c3%a4").path()).isEqualTo("/v2/%C3%A4/room");
        assertThat(match(table, "GET", "/auth/login/x").path()).isEqualTo("/login/x");
        assertThat(match(table, "GET", "/auth").path()).isEqualTo("/");
    }
}
