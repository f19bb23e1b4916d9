package dev.switchboard.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigError;
import dev.switchboard.config.ConfigException;
import dev.switchboard.config.ConfigSource;
import dev.switchboard.protocol.RoomOperations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteOptionsTest {
    private static final Set<String> UPSTREAMS = Set.of("chat", "room-service");
    private static final Set<String> TIERS = Set.of("default", "auth");

    @TempDir
    private Path folder;

    private RouteOptions read(String yaml) throws IOException {
        Path file = Files.writeString(folder.resolve("routes.yaml"), yaml);
        List<RouteOptions> read = new ArrayList<>();
        try {
            ConfigSource.in(file, Map.of("CHAT", "chat"))
                    .read(root -> read.add(RouteOptions.from(root, UPSTREAMS, TIERS)));
        } catch (ConfigException e) {
            List<ConfigError> ours = e.errors().stream()
                    .filter(error -> error.path().contains("outes"))
                    .toList();
            if (!ours.isEmpty()) {
                throw new ConfigException(ours);
            }
        }
        return read.get(0);
    }

    private String mistakes(String yaml) throws IOException {
        try {
            read(yaml);
            return "";
        } catch (ConfigException e) {
            return String.valueOf(e.getMessage());
        }
    }

    @Test
    void withoutAFileThereAreTheOperations() throws IOException {
        assertThat(read("builtInRoutes: true")).isEqualTo(RouteOptions.builtInOnly());
        assertThat(read("builtInRoutes: false").table(1).find(NormalPath.of("/api/v1/users/me")))
                .isNull();
    }

    @Test
    void aRowNeedsLittle() throws IOException {
        assertThat(read("routes: [{path: /socket.io/**, upstream: \"${CHAT:x}\"}]")
                        .rows())
                .containsExactly(new Route(
                        "routes[0]",
                        Set.of(),
                        PathPattern.of("/socket.io/**"),
                        new Access.User(),
                        "default",
                        Duration.ofSeconds(5),
                        1 << 20,
                        new Target.Service("chat", null)));
    }

    @Test
    void aRowMaySayEverything() throws IOException {
        assertThat(
                        read("""
                        routes:
                          - path: /api/rooms/:id
                            name: rooms
                            methods: get, DELETE
                            auth: role:admin
                            tier: none
                            timeout: 250ms
                            maxBody: 5GiB
                            rewrite: /v2/{id}
                            upstream: room-service
                            preserveHost: true
                            passCookies: session, XSRF-TOKEN
                            cors:
                              origins: ["https://App.example.org/"]
                              credentials: false
                              headers: [X-A]
                              expose: X-B, X-C
                              maxAge: 0s
                        """)
                                .rows())
                .containsExactly(new Route(
                        "rooms",
                        Set.of("GET", "DELETE"),
                        PathPattern.of("/api/rooms/:id"),
                        new Access.Role("admin"),
                        "none",
                        Duration.ofMillis(250),
                        5L << 30,
                        new Target.Service(
                                "room-service", "/v2/{id}", new PassOn(true, Set.of("session", "XSRF-TOKEN"))),
                        new CorsRule(
                                Set.of("https://app.example.org"),
                                false,
                                List.of("X-A"),
                                List.of("X-B", "X-C"),
                                Duration.ZERO)));
    }

    @Test
    void anOperationKnowsItsOwnTerms() throws IOException {
        List<Route> rows =
                read("""
                routes:
                  - {path: /chat, methods: POST, operation: message:send}
                  - {path: /login, methods: POST, operation: account:login}
                  - {path: "/people/{id}/off", methods: POST, operation: user:set-disabled, status: 202}
                  - {path: /say, methods: POST, operation: message:send, names: {room_id: conversationId}}
                """)
                        .rows();

        assertThat(rows.get(0).target()).isEqualTo(new Target.Operation(RoomOperations.SEND, 201));
        assertThat(rows.get(0).access()).isEqualTo(new Access.User());
        assertThat(rows.get(1).access()).isEqualTo(new Access.Public());
        assertThat(rows.get(1).tier()).isEqualTo("auth");
        assertThat(rows.get(2).access()).isEqualTo(new Access.Role("admin"));
        assertThat(((Target.Operation) rows.get(2).target()).status()).isEqualTo(202);
        assertThat(rows.get(3).target())
                .isEqualTo(new Target.Operation(RoomOperations.SEND, 201, Map.of("room_id", "conversationId")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{path: /a, upstream: chta}|routes[0].upstream: there is no upstream \"chta\"; did you mean chat?",
                "{path: /a, upstream: chat, names: {a: b}}|routes[0].names: is for operations; a service reads its fields itself",
                "{path: /a, methods: POST, operation: message:send, names: {room: conversation}}|routes[0].names.room: there is no field \"conversation\"; did you mean conversationId?",
                "{path: /a, upstream: chat, tier: gold}|routes[0].tier: there is no tier \"gold\"",
                "{path: /a, methods: POST, operation: message:sent}|routes[0].operation: there is no operation \"message:sent\"; did you mean message:send?",
                "{path: /a, methods: POST, operation: room:follow}|routes[0].operation: there is no operation \"room:follow\"",
                "{path: /a, operation: message:send}|routes[0].methods: expected the methods of the operation's request",
                "{path: /a}|routes[0]: expected either upstream or operation",
                "{path: /a, upstream: chat, methods: POST, operation: message:send}|routes[0]: expected either upstream or operation",
                "{upstream: chat}|routes[0].path: expected a value",
                "{path: a, upstream: chat}|routes[0].path: a path begins with /, got \"a\"",
                "{path: \"/a/{x\", upstream: chat}|routes[0].path: expected {name} for a whole segment, got \"{x\"",
                "{path: \"/a/{x}\", rewrite: \"/{y}\", upstream: chat}|routes[0].rewrite: the path has no {y}",
                "{path: /a, rewrite: /**, upstream: chat}|routes[0].rewrite: the path has no **",
                "{path: /a, rewrite: /b, methods: POST, operation: message:send}|routes[0].rewrite: is for services",
                "{path: /a, preserveHost: true, methods: POST, operation: message:send}|routes[0].preserveHost: is for services",
                "{path: /a, passCookies: theme, upstream: chat}|routes[0].passCookies: expected some of [XSRF-TOKEN, refresh, session]; others pass anyway, got \"theme\"",
                "{path: /a, status: 200, upstream: chat}|routes[0].status: is for operations; a service says it itself",
                "{path: \"/a/{room}\", methods: POST, operation: message:send}|routes[0].path: the request of message:send has no {room}",
                "{path: /a, methods: FETCH, upstream: chat}|routes[0].methods: expected methods such as GET or POST, got \"FETCH\"",
                "{path: /a, methods: TRACE, upstream: chat}|routes[0].methods: TRACE passes no gateway",
                "{path: /a, methods: [\"*\", GET], upstream: chat}|routes[0].methods: expected \"*\" alone, or methods",
                "{path: /a, auth: pubilc, upstream: chat}|routes[0].auth: expected public, user or role:NAME, got \"pubilc\"",
                "{path: /a, auth: public, methods: POST, operation: message:send}|routes[0].auth: the operation itself asks for more than public",
                "{path: \"/{id}\", auth: role:helper, methods: PUT, operation: user:set-disabled}|routes[0].auth: the operation itself asks for more than role:helper",
                "{path: /a, timeout: 5, upstream: chat}|routes[0].timeout: expected a duration such as 500ms, 15s or 2m, from 1ms to 1d, got \"5\"",
                "{path: /a, timeout: 0s, upstream: chat}|routes[0].timeout: expected a duration",
                "{path: /a, maxBody: big, upstream: chat}|routes[0].maxBody: expected a size",
                "{path: /a, maxBody: 1GiB, methods: POST, operation: message:send}|routes[0].maxBody: expected a size",
                "{path: /a, timout: 5s, upstream: chat}|routes[0].timout: unknown setting; did you mean timeout?",
                "{path: /a, upstream: chat, cors: {origins: [app.example.org]}}|routes[0].cors.origins: expected origins such as https://app.example.org, or *, got \"app.example.org\"",
                "{path: /a, upstream: chat, cors: {maxAge: 1h}}|routes[0].cors.origins: expected origins, or [] for none",
                "{path: /a, upstream: chat, cors: {origin: []}}|routes[0].cors.origin: unknown setting; did you mean origins?",
                "hello|routes[0]: expected keys and values"
            })
    void aMistakeIsNamedByItsRow(String row, String expected) throws IOException {
        assertThat(mistakes("routes:\n  - " + row + "\n")).contains(expected);
    }

    @Test
    void allMistakesOfAllRowsAreReportedTogether() throws IOException {
        assertThat(mistakes(
                                """
                        routes:
                          - {path: /good, upstream: chat}
                          - {path: /a, upstream: nobody}
                          - {path: b, timeout: x, upstream: chat}
                        """)
                        .lines())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("routes[1].upstream: "),
                        line -> assertThat(line).startsWith("routes[2].path: "),
                        line -> assertThat(line).startsWith("routes[2].timeout: "));
    }

    @Test
    void twoRowsAreNotForTheSameRequests() throws IOException {
        assertThat(
                        mistakes(
                                """
                        routes:
                          - {path: "/a/{x}", methods: [GET, POST], upstream: chat}
                          - {path: "/a/{y}", methods: PUT, upstream: chat}
                          - {path: "/a/:z", methods: [GET, DELETE], upstream: chat}
                          - {path: "/a/{x}", upstream: chat}
                          - {path: "/a/{x}", upstream: room-service}
                        """))
                .isEqualTo(
                        """
                        routes[2]: the same as routes[0]: GET of /a/:z
                        routes[4]: the same as routes[3]: all methods of /a/{x}""");
    }

    @ParameterizedTest
    @CsvSource({
        "routes: {path: /a},routes: expected a list",
        "builtInRoutes: maybe,builtInRoutes: expected true or false"
    })
    void theTableIsAList(String yaml, String expected) throws IOException {
        assertThat(mistakes(yaml)).contains(expected);
    }
}
