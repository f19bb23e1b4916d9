package dev.switchboard.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.Handlers;
import dev.switchboard.gateway.http.Admitted;
import dev.switchboard.gateway.limit.Verdict;
import dev.switchboard.gateway.route.Access;
import dev.switchboard.gateway.route.CorsRule;
import dev.switchboard.gateway.route.PathPattern;
import dev.switchboard.gateway.route.Route;
import dev.switchboard.gateway.route.RouteOptions;
import dev.switchboard.gateway.route.Target;
import dev.switchboard.protocol.AccountOperations;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.Operation;
import dev.switchboard.protocol.RoomOperations;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A user's rows at the door: who is let in, and what a target is asked for. */
class HttpRoutesTest {
    private static final UUID ROOM = UUID.fromString("018f0000-0000-7000-8000-0000000000ff");
    private static final Verdict GRANTED = new Verdict(true, "default", 5, Duration.ofSeconds(10), 4, Duration.ZERO);
    private static final CorsRule PARTNER = new CorsRule(
            Set.of("https://partner.example.org"),
            false,
            List.of("X-Partner"),
            List.of("X-Total"),
            Duration.ofSeconds(7));

    private static final AtomicReference<Future<Verdict>> VERDICT = new AtomicReference<>();
    private static final List<String> TAKEN = new CopyOnWriteArrayList<>();
    private static final AtomicReference<Admitted> ADMITTED = new AtomicReference<>();
    private static final AtomicReference<Record> ASKED = new AtomicReference<>();
    private static final Promise<RoomOperations.Messages> NEVER = Promise.promise();

    private static TestGateway gateway;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @BeforeAll
    static void start() throws Exception {
        gateway = new TestGateway(
                (tier, key) -> {
                    TAKEN.add(tier + " " + key);
                    return VERDICT.get();
                },
                TestGateway.OPTIONS,
                new RouteOptions(
                        true,
                        List.of(
                                service("/pub/**", new Access.Public(), null, null),
                                service("/pub/admin", new Access.Role("admin"), null, null),
                                service("/rooms/{id}", new Access.User(), "/v2/{id}/room", null),
                                service("/partner", new Access.User(), null, PARTNER),
                                service("/closed", new Access.Public(), null, CorsRule.of(List.of())),
                                operation("POST", "/say/{conversationId}", RoomOperations.SEND, Duration.ofSeconds(15)),
                                operation("GET", "/late", RoomOperations.HISTORY, Duration.ofMillis(50)),
                                operation(
                                        "GET",
                                        "/api/v1/users/me",
                                        AccountOperations.FIND_USERS,
                                        Duration.ofSeconds(15)))),
                HttpRoutesTest::forward,
                new TestGateway.Names(),
                HttpRoutesTest::serve);
    }

    @AfterAll
    static void stop() throws Exception {
        gateway.close();
    }

    @BeforeEach
    void forget() {
        VERDICT.set(Future.succeededFuture(GRANTED));
        TAKEN.clear();
        ADMITTED.set(null);
        ASKED.set(null);
    }

    private static Route service(String path, Access access, @Nullable String rewrite, @Nullable CorsRule cors) {
        return new Route(
                path,
                Set.of(),
                PathPattern.of(path),
                access,
                path.equals("/closed") ? Route.UNLIMITED : "default",
                Duration.ofSeconds(5),
                1_024,
                new Target.Service("service", rewrite),
                cors);
    }

    private static Route operation(String method, String path, Operation<?, ?> operation, Duration timeout) {
        return new Route(
                path,
                Set.of(method),
                PathPattern.of(path),
                new Access.User(),
                "chat",
                timeout,
                64,
                new Target.Operation(operation, 202));
    }

    /** A service that answers with the body that it was sent. */
    private static void forward(RoutingContext rc, Admitted admitted) {
        ADMITTED.set(admitted);
        if (rc.request().isEnded()) {
            rc.response().end();
            return;
        }
        rc.request().body().onSuccess(body -> rc.response().end(body)).onFailure(rc::fail);
        rc.request().resume();
    }

    private static void serve(Handlers handlers) {
        handlers.on(RoomOperations.SEND, (c, q) -> {
                    ASKED.set(q);
                    return Future.succeededFuture(new RoomOperations.Sent(ROOM, 1, Instant.EPOCH, false));
                })
                .on(RoomOperations.HISTORY, (c, q) -> NEVER.future())
                .on(AccountOperations.VALIDATE_TOKEN, (c, q) -> {
                    ASKED.set(c);
                    return Future.succeededFuture(new AccountOperations.TokenStatus(false, null));
                })
                .on(AccountOperations.FIND_USERS, (c, q) -> {
                    ASKED.set(c);
                    throw Fault.CONFLICT.because("It was asked.");
                });
    }

    private static HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port + path))
                .timeout(Duration.ofSeconds(30));
    }

    private static HttpRequest.Builder asAnna(String path) {
        return to(path).header("Authorization", "Bearer anna");
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    /** Bytes as they are; everything up to the end of the connection. */
    private static String exchange(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port)) {
            socket.setSoTimeout(30_000);
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    // Who is let in

    @Test
    void aServiceIsToldWhoAsks() throws Exception {
        assertThat(send(asAnna("/rooms/7?full=1")).statusCode()).isEqualTo(200);

        assertThat(ADMITTED.get().path()).isEqualTo("/v2/7/room");
        assertThat(ADMITTED.get().identity().userId()).isEqualTo(TestGateway.ANNA);
        assertThat(ADMITTED.get().route().name()).isEqualTo("/rooms/{id}");
        assertThat(ADMITTED.get().exchange().requestId()).isNotEmpty();
        assertThat(TAKEN).containsExactly("default user:" + TestGateway.ANNA);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/rooms/7||401",
                "/rooms/7|Bearer old|401",
                "/rooms/7|Bearer anna|200",
                "/pub/x||200",
                "/pub/x|Bearer old|200",
                "/pub/admin||401",
                "/pub/admin|Bearer anna|403",
                "/pub/admin|Bearer admin|200",
                "/nothing||401",
                "/nothing|Bearer old|401",
                "/nothing|Bearer anna|404",
                "/nothing?x=/pub/a||401",
                "/api/v1/nothing||401",
                "/closed||200"
            })
    void everythingElseIsDenied(String path, @Nullable String authorization, int status) throws Exception {
        var request = to(path).header("X-Forwarded-Uri", "/pub/x").header("X-Original-URL", "/pub/x");
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        assertThat(send(request).statusCode()).isEqualTo(status);
        assertThat(ADMITTED.get() == null).isEqualTo(status != 200);
    }

    @Test
    void aPublicRowCountsAgainstThePlace() throws Exception {
        send(asAnna("/pub/x").header("X-Forwarded-For", "2001:db8::7"));
        send(to("/rooms/7").header("X-Forwarded-For", "2001:db8::7"));
        send(to("/closed"));

        assertThat(TAKEN).containsExactly("default client:2001:db8::/64", "default client:2001:db8::/64");
        assertThat(ADMITTED.get().identity()).isNull();
    }

    @Test
    void whoAsksTooOftenIsToldSo() throws Exception {
        VERDICT.set(Future.succeededFuture(
                new Verdict(false, "default", 5, Duration.ofSeconds(10), 0, Duration.ofMillis(1_200))));

        var refused = send(asAnna("/rooms/7"));

        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(header(refused, "Retry-After")).isEqualTo("2");
        assertThat(header(refused, "RateLimit-Policy")).isEqualTo("\"default\";q=5;w=10");
        assertThat(header(refused, "RateLimit")).isEqualTo("\"default\";r=0;t=2");
        assertThat(header(refused, "RateLimit-Limit")).isEqualTo("5");
        assertThat(header(refused, "RateLimit-Remaining")).isEqualTo("0");
        assertThat(header(refused, "RateLimit-Reset")).isEqualTo("10");
        assertThat(ADMITTED.get()).isNull();
    }

    @Test
    void whoIsLetInIsToldWhatIsLeft() throws Exception {
        var response = send(asAnna("/rooms/7"));

        assertThat(header(response, "RateLimit")).isEqualTo("\"default\";r=4;t=2");
        assertThat(header(response, "Retry-After")).isEmpty();
        assertThat(header(send(to("/closed")), "RateLimit")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100, 900_000})
    void aBodyWaitsForTheVerdict(int size) throws Exception {
        String body = "x".repeat(size);
        Promise<Verdict> late = Promise.promise();
        VERDICT.set(late.future());

        CompletableFuture<HttpResponse<String>> answer = HTTP.sendAsync(
                asAnna("/rooms/7").POST(BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
        Awaitility.await().until(() -> !TAKEN.isEmpty());
        assertThat(answer).isNotDone();
        late.complete(GRANTED);

        assertThat(answer.get().statusCode()).isEqualTo(200);
        assertThat(answer.get().body()).isEqualTo(body);
    }

    @Test
    void aRefusalThatComesLateLeavesTheConnectionUsable() throws Exception {
        Promise<Verdict> late = Promise.promise();
        VERDICT.set(late.future());
        CompletableFuture<String> answers = CompletableFuture.supplyAsync(() -> {
            try {
                return exchange("POST /rooms/7 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbodyGET /health/live"
                        + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        Awaitility.await().until(() -> !TAKEN.isEmpty());
        late.complete(GRANTED);

        assertThat(answers.get()).contains("HTTP/1.1 401 ", "HTTP/1.1 200 ", "{\"status\":\"ok\"}");
    }

    // Paths

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/pub/../rooms/7|401",
                "/pub/%2e%2e/rooms/7|401",
                "//rooms/7|401",
                "/pub/..%2frooms/7|400",
                "/pub/..%5crooms|400",
                "/pub\\..\\rooms|400",
                "/pub/..;/rooms/7|400",
                "/pub/admin;a=b|400",
                "/pub/%61dmin|401",
                "/pub//admin|401",
                "/pub/./admin|401",
                "/pub/a%00|400",
                "/pub/%c0%ae|400",
                "/pub/%252e%252e/rooms|400",
                "http://evil/rooms/7|401",
                "/../rooms/7|400"
            })
    void noSpellingLeadsPastAClosedRow(String target, int status) throws Exception {
        assertThat(exchange("GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 " + status + " ");
        assertThat(ADMITTED.get()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/pub//a/./b/../%7ec|/pub/a/~c",
                "/pub/%c3%a4?x=%2f|/pub/%C3%A4",
                "http://evil/pub/x|/pub/x",
                "/pub/ADMIN|/pub/ADMIN",
                "/pub|/pub"
            })
    void whatIsMatchedIsWhatIsForwarded(String target, String path) throws Exception {
        assertThat(exchange("GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ");
        assertThat(ADMITTED.get().path()).isEqualTo(path);
    }

    // Operations

    @Test
    void aRowMayLeadToAnOperation() throws Exception {
        var response = send(asAnna("/say/" + ROOM)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"content\":\"hi\",\"clientId\":\"1\"}")));

        assertThat(response.statusCode()).isEqualTo(202);
        assertThat(((RoomOperations.Send) ASKED.get()).conversationId()).isEqualTo(ROOM);
        assertThat(TAKEN).containsExactly("chat user:" + TestGateway.ANNA);
    }

    @Test
    void aPublicOperationTakesNoHarmFromATokenOfOthers() throws Exception {
        var response = send(to("/api/v1/auth/validate-token")
                .header("Authorization", "Bearer foreign")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"token\":\"t\"}")));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(((Caller) ASKED.get()).userId()).isNull();
    }

    @Test
    void itsBodyIsBoundByTheRow() throws Exception {
        var response = send(asAnna("/say/" + ROOM)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"content\":\"" + "x".repeat(64) + "\"}")));

        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(response.body()).contains("at most 64 bytes");
    }

    @Test
    void itsTimeIsBoundByTheRow() throws Exception {
        var response = send(asAnna("/late?conversationId=" + ROOM));

        assertThat(response.statusCode()).isEqualTo(504);
        assertThat(response.body()).contains("\"code\":\"timeout\"");
    }

    @Test
    void aUsersRowWinsOverABuiltInOne() throws Exception {
        assertThat(send(asAnna("/api/v1/users/me?query=abc")).statusCode()).isEqualTo(409);
        assertThat(((Caller) ASKED.get()).userId()).isEqualTo(TestGateway.ANNA);
    }

    @ParameterizedTest
    @CsvSource({"DELETE,405", "OPTIONS,204"})
    void aRowSaysWhatItAllows(String method, int status) throws Exception {
        var response = send(to("/late").method(method, BodyPublishers.noBody()));

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(header(response, "Allow")).isEqualTo("GET, HEAD, OPTIONS");
        assertThat(TAKEN).isEmpty();
    }

    // Pages of other origins

    private static HttpResponse<String> preflight(String path, String origin) throws Exception {
        return send(to(path).method("OPTIONS", BodyPublishers.noBody())
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "GET"));
    }

    @Test
    void aRowMayHaveOriginsOfItsOwn() throws Exception {
        var preflight = preflight("/partner", "https://partner.example.org");
        var call = send(asAnna("/partner").header("Origin", "https://partner.example.org"));

        assertThat(preflight.statusCode()).isEqualTo(204);
        assertThat(header(preflight, "Access-Control-Allow-Headers")).isEqualTo("X-Partner");
        assertThat(header(preflight, "Access-Control-Max-Age")).isEqualTo("7");
        assertThat(header(call, "Access-Control-Expose-Headers")).isEqualTo("X-Total");
        for (var response : List.of(preflight, call)) {
            assertThat(header(response, "Access-Control-Allow-Origin")).isEqualTo("https://partner.example.org");
            assertThat(header(response, "Access-Control-Allow-Credentials")).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/partner,https://app.example.org,403",
        "/rooms/7,https://partner.example.org,403",
        "/rooms/7,https://app.example.org,204",
        "/closed,https://app.example.org,403",
        "/nothing,https://app.example.org,204"
    })
    void otherRowsHaveTheServers(String path, String origin, int status) throws Exception {
        assertThat(preflight(path, origin).statusCode()).isEqualTo(status);
        assertThat(ADMITTED.get()).isNull();
    }
}
