package dev.switchboard.gateway;

import static dev.switchboard.gateway.TestGateway.ANNA;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.bus.Handlers;
import dev.switchboard.bus.Json;
import dev.switchboard.ops.HealthChecks;
import dev.switchboard.protocol.AccountOperations;
import dev.switchboard.protocol.Conversation;
import dev.switchboard.protocol.ConversationOperations;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.Nothing;
import dev.switchboard.protocol.RoomOperations;
import dev.switchboard.protocol.User;
import io.vertx.core.Future;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The HTTP door as clients see it: over a socket, with the parts behind it replaced. */
class HttpDoorTest {
    private static final User USER = new User(ANNA, "anna", "Anna", null, null, List.of("user"), null, Instant.EPOCH);
    private static final AccountOperations.SignedIn SIGNED_IN =
            new AccountOperations.SignedIn(USER, "access", "the-refresh-token", "Bearer", 900);
    private static final UUID ROOM = UUID.fromString("018f0000-0000-7000-8000-0000000000ff");
    private static final String XSRF = "abcdefghijklmnopqrstuvwxyz_-0123";

    /** What the handler behind the door was asked last. */
    private static final AtomicReference<Record> ASKED = new AtomicReference<>();

    private static TestGateway gateway;
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(30)).build();

    @BeforeAll
    static void start() throws Exception {
        gateway = new TestGateway(TestGateway.NO_LIMITS, HttpDoorTest::serve);
    }

    @AfterAll
    static void stop() throws Exception {
        gateway.close();
    }

    @BeforeEach
    void forget() {
        ASKED.set(null);
        gateway.ready.set(true);
        gateway.health.set(HealthChecks.Report.of(HealthChecks.Status.OK, Map.of()));
    }

    private static <T extends Record> T asked(T request) {
        ASKED.set(request);
        return request;
    }

    private static void serve(Handlers handlers) {
        handlers.on(AccountOperations.LOGIN, (c, q) -> Future.succeededFuture(SIGNED_IN))
                .on(AccountOperations.REGISTER, (c, q) -> Future.succeededFuture(SIGNED_IN))
                .on(AccountOperations.REFRESH, (c, q) -> {
                    asked(q);
                    return Future.succeededFuture(SIGNED_IN);
                })
                .on(AccountOperations.LOGOUT, (c, q) -> Future.succeededFuture(Nothing.NOTHING))
                .on(
                        AccountOperations.VALIDATE_TOKEN,
                        (c, q) -> Future.succeededFuture(new AccountOperations.TokenStatus(c.userId() != null, null)))
                .on(
                        AccountOperations.GET_ME,
                        (c, q) -> Future.succeededFuture(new User(
                                c.user(),
                                c.username(),
                                c.name(),
                                null,
                                null,
                                List.copyOf(c.roles()),
                                null,
                                Instant.EPOCH)))
                .on(AccountOperations.GET_USER, (c, q) -> {
                    asked(q);
                    throw Fault.NOT_FOUND.because("There is no such user.");
                })
                .on(AccountOperations.UPDATE_ME, (c, q) -> {
                    throw new IllegalStateException("jdbc:postgresql://secret-host/");
                })
                .on(AccountOperations.SET_DISABLED, (c, q) -> {
                    asked(q);
                    return Future.succeededFuture(USER);
                })
                .on(RoomOperations.SEND, (c, q) -> {
                    asked(q);
                    return Future.succeededFuture(new RoomOperations.Sent(ROOM, 1, Instant.EPOCH, false));
                })
                .on(RoomOperations.HISTORY, (c, q) -> {
                    asked(q);
                    return Future.succeededFuture(new RoomOperations.Messages(List.of(), null));
                })
                .on(ConversationOperations.CREATE, (c, q) -> {
                    var room = new Conversation(ROOM, q.kind(), null, q.title(), null, 1, 0, 0, 0, null, Instant.EPOCH);
                    return Future.succeededFuture(new ConversationOperations.Created(room, !"again".equals(q.title())));
                });
    }

    private static HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port + path))
                .timeout(Duration.ofSeconds(30));
    }

    private static HttpRequest.Builder json(String method, String path, String body) {
        return to(path).header("Content-Type", "application/json").method(method, BodyPublishers.ofString(body));
    }

    private static HttpRequest.Builder asAnna(HttpRequest.Builder request) {
        return request.header("Authorization", "Bearer anna");
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse(null);
    }

    private static JsonNode body(HttpResponse<String> response) throws Exception {
        return Json.MAPPER.readTree(response.body());
    }

    /** Checks every field of the error body, and that nothing else is in it. */
    private static JsonNode isError(HttpResponse<String> response, int status, String code) throws Exception {
        JsonNode body = body(response);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(body.fieldNames())
                .toIterable()
                .containsExactly("statusCode", "error", "code", "message", "path", "timestamp", "requestId", "errors");
        assertThat(body.get("statusCode").intValue()).isEqualTo(status);
        assertThat(body.get("code").textValue()).isEqualTo(code);
        assertThat(body.get("error").textValue()).isNotBlank();
        assertThat(body.get("message").textValue()).isNotBlank();
        assertThat(body.get("path").textValue()).isEqualTo(response.uri().getPath());
        assertThat(Instant.parse(body.get("timestamp").textValue()))
                .isBetween(Instant.now().minusSeconds(60), Instant.now());
        assertThat(body.get("requestId").textValue()).isEqualTo(header(response, "X-Request-Id"));
        assertThat(header(response, "Content-Type")).isEqualTo("application/json; charset=utf-8");
        assertThat(header(response, "Cache-Control")).isEqualTo("no-store");
        return body;
    }

    // Identity

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/users/me", "/api/users/me"})
    void aBearerTokenSaysWhoAsks(String path) throws Exception {
        var response =
                send(asAnna(to(path)).header("X-User-Id", UUID.randomUUID().toString()));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(body(response).get("id").textValue()).isEqualTo(ANNA.toString());
    }

    @Test
    void aBodyIsWholeAlthoughItsTokenTakesLonger() throws Exception {
        String token = "{\"token\":\"t\"}";

        var response = send(json("POST", "/api/v1/auth/validate-token", token).header("Authorization", "Bearer later"));

        assertThat(body(response).get("valid").booleanValue()).isTrue();
    }

    @Test
    void whoIsUnknownHereMayCallNoOperation() throws Exception {
        isError(send(to("/api/v1/users/me").header("Authorization", "Bearer foreign")), 403, "forbidden");
    }

    @Test
    void withoutATokenNobodyIsSignedIn() throws Exception {
        var response = send(to("/api/v1/users/me").header("X-User-Id", ANNA.toString()));

        isError(response, 401, "unauthorized");
        assertThat(header(response, "WWW-Authenticate")).isEqualTo("Bearer");
    }

    @ParameterizedTest
    @CsvSource({
        "Bearer old,token_expired",
        "Bearer gone,session_revoked",
        "Bearer x,unauthorized",
        "Basic YTpi,unauthorized",
        "Bearer,unauthorized"
    })
    void aBadTokenIsRefused(String authorization, String code) throws Exception {
        isError(send(to("/api/v1/users/me").header("Authorization", authorization)), 401, code);
    }

    @Test
    void publicOperationsDoNotMindABadToken() throws Exception {
        String token = "{\"token\":\"t\"}";

        var bad = send(json("POST", "/api/v1/auth/validate-token", token).header("Authorization", "Bearer old"));
        var good = send(asAnna(json("POST", "/api/v1/auth/validate-token", token)));
        var foreign =
                send(json("POST", "/api/v1/auth/validate-token", token).header("Authorization", "Bearer foreign"));

        assertThat(body(foreign).get("valid").booleanValue()).isFalse();
        assertThat(body(bad).get("valid").booleanValue()).isFalse();
        assertThat(body(good).get("valid").booleanValue()).isTrue();
    }

    @Test
    void administratorsNeedTheRole() throws Exception {
        String path = "/api/v1/users/" + ROOM + "/disabled";
        String disabled = "{\"disabled\":true}";

        isError(send(asAnna(json("PUT", path, disabled))), 403, "forbidden");
        assertThat(ASKED.get()).isNull();
        assertThat(send(json("PUT", path, disabled).header("Authorization", "Bearer admin"))
                        .statusCode())
                .isEqualTo(200);
        assertThat(ASKED.get()).isEqualTo(new AccountOperations.SetDisabled(ROOM, true));
    }

    @Test
    void aCookieIsEnoughToRead() throws Exception {
        assertThat(send(to("/api/v1/users/me").header("Cookie", "session=anna")).statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "session=anna,",
        "session=anna," + XSRF,
        "session=anna; XSRF-TOKEN=" + XSRF + ",",
        "session=anna; XSRF-TOKEN=" + XSRF + ",other",
        "session=anna; XSRF-TOKEN=,''"
    })
    void aCookieAloneMayNotWrite(String cookie, String xsrf) throws Exception {
        var request = json("POST", "/api/v1/auth/logout", "{}").header("Cookie", cookie);
        if (xsrf != null) {
            request.header("X-XSRF-TOKEN", xsrf);
        }
        isError(send(request), 403, "xsrf_mismatch");
    }

    @Test
    void aCookieWithItsXsrfTokenMayWrite() throws Exception {
        var response = send(json("POST", "/api/v1/auth/logout", "")
                .header("Cookie", "session=anna; XSRF-TOKEN=" + XSRF)
                .header("X-XSRF-TOKEN", XSRF));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("{}");
        assertThat(response.headers().allValues("Set-Cookie"))
                .hasSize(3)
                .allMatch(cookie -> cookie.contains("Max-Age=0"));
    }

    // Cookies

    @Test
    void signingInSetsTheCookies() throws Exception {
        var response = send(json("POST", "/api/v1/auth/login", "{\"username\":\"anna\",\"password\":\"pw\"}"));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(body(response).get("accessToken").textValue()).isEqualTo("access");
        assertThat(response.headers().allValues("Set-Cookie"))
                .satisfiesExactlyInAnyOrder(
                        c -> assertThat(c)
                                .startsWith("session=access;")
                                .contains("Max-Age=900", "Path=/", "HTTPOnly", "SameSite=Lax")
                                .doesNotContain("Secure"),
                        c -> assertThat(c)
                                .matches("XSRF-TOKEN=[A-Za-z0-9_-]{32};.*")
                                .contains("Max-Age=2592000", "Path=/", "SameSite=Lax")
                                .doesNotContain("HTTPOnly"),
                        c -> assertThat(c)
                                .startsWith("refresh=the-refresh-token;")
                                .contains("Max-Age=2592000", "Path=/api", "HTTPOnly", "SameSite=Strict"));
    }

    @Test
    void behindATrustedProxyWithTlsTheCookiesAreSecure() throws Exception {
        var response = send(json(
                        "POST",
                        "/api/v1/auth/signup",
                        """
                        {"username":"anna","email":"a@b","password":"12345678"}""")
                .header("X-Forwarded-Proto", "https"));

        assertThat(response.statusCode()).isEqualTo(201);
        assertThat(response.headers().allValues("Set-Cookie")).hasSize(3).allMatch(c -> c.contains("Secure"));
    }

    @Test
    void theRefreshTokenMayComeByCookie() throws Exception {
        String cookies = "refresh=a-token-of-the-cookie; XSRF-TOKEN=" + XSRF;

        isError(send(json("POST", "/api/v1/auth/refresh", "{}").header("Cookie", cookies)), 403, "xsrf_mismatch");
        var response = send(json("POST", "/api/v1/auth/refresh", "{}")
                .header("Cookie", cookies)
                .header("X-XSRF-TOKEN", XSRF));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(ASKED.get()).isEqualTo(new AccountOperations.Refresh("a-token-of-the-cookie"));
        assertThat(response.headers().allValues("Set-Cookie")).anyMatch(c -> c.startsWith("XSRF-TOKEN=" + XSRF));
    }

    @Test
    void theRefreshTokenMayComeByBody() throws Exception {
        send(json("POST", "/api/v1/auth/refresh", "{\"refreshToken\":\"a-token-of-the-body\"}")
                .header("Cookie", "refresh=a-token-of-the-cookie"));

        assertThat(ASKED.get()).isEqualTo(new AccountOperations.Refresh("a-token-of-the-body"));
        isError(send(json("POST", "/api/v1/auth/refresh", "{}")), 401, "unauthorized");
    }

    // Requests and replies

    @Test
    void queryParametersBecomeNumbersAndIds() throws Exception {
        var response =
                send(asAnna(to("/api/v1/messages?conversationId=" + ROOM + "&limit=20&before=9000000000&unknown=1")));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(body(response).toString()).isEqualTo("{\"messages\":[],\"next\":null}");
        assertThat(ASKED.get()).isEqualTo(new RoomOperations.History(ROOM, 9_000_000_000L, null, 20));
    }

    @ParameterizedTest
    @CsvSource({
        "limit=many,limit",
        "limit=0,limit",
        "limit=1&limit=2,limit",
        "conversationId=x,conversationId",
        "'',conversationId"
    })
    void badParametersAreNamed(String query, String field) throws Exception {
        String room = query.contains("limit") ? "conversationId=" + ROOM + "&" : "";

        var body = isError(send(asAnna(to("/api/v1/messages?" + room + query))), 400, "validation_failed");

        assertThat(body.get("errors")).hasSize(1);
        assertThat(body.get("errors").get(0).get("field").textValue()).isEqualTo(field);
        assertThat(body.get("errors").get(0).get("message").textValue()).isNotBlank();
        assertThat(ASKED.get()).isNull();
    }

    @Test
    void everyWrongFieldIsNamedAtOnce() throws Exception {
        var body = isError(
                send(json("POST", "/api/v1/auth/register", "{\"username\":\"a\",\"email\":\"b\",\"password\":\"c\"}")),
                400,
                "validation_failed");

        assertThat(body.get("errors").findValuesAsText("field")).contains("username", "email", "password");
    }

    @Test
    void pathBeatsQueryBeatsBody() throws Exception {
        UUID other = UUID.randomUUID();

        send(json(
                        "PUT",
                        "/api/v1/users/" + ROOM + "/disabled?id=" + other + "&disabled=false",
                        "{\"id\":\"" + other + "\",\"disabled\":true}")
                .header("Authorization", "Bearer admin"));

        assertThat(ASKED.get()).isEqualTo(new AccountOperations.SetDisabled(ROOM, false));
    }

    @ParameterizedTest
    @CsvSource({
        "{,400,invalid_json",
        "{}},400,invalid_json",
        "[],400,validation_failed",
        "'\"x\"',400,validation_failed"
    })
    void aBodyMustBeAJsonObject(String json, int status, String code) throws Exception {
        isError(send(asAnna(json("POST", "/api/v1/messages", json))), status, code);
    }

    @Test
    void aNumberIsNoText() throws Exception {
        var body = isError(
                send(asAnna(json("POST", "/api/v1/messages", "{\"conversationId\":\"" + ROOM + "\",\"content\":5}"))),
                400,
                "validation_failed");

        assertThat(body.get("errors").get(0).get("field").textValue()).isEqualTo("content");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""})
    void onlyJsonIsTaken(String type) throws Exception {
        var request = asAnna(to("/api/v1/messages")).POST(BodyPublishers.ofString("{}"));
        if (!type.isEmpty()) {
            request.header("Content-Type", type);
        }
        isError(send(request), 415, "unsupported_media_type");
    }

    @Test
    void aBodyHasALimit() throws Exception {
        String big = "{\"x\":\"" + "x".repeat(TestGateway.MAX_BODY) + "\"}";

        isError(send(asAnna(json("POST", "/api/v1/messages", big))), 413, "payload_too_large");
        isError(
                send(asAnna(to("/api/v1/messages"))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.fromPublisher(BodyPublishers.ofString(big)))),
                413,
                "payload_too_large");
    }

    @Test
    void aMessageGetsAClientId() throws Exception {
        String message = "{\"conversationId\":\"" + ROOM + "\",\"content\":\"hi\"%s}";

        var response = send(asAnna(json("POST", "/api/v1/messages", message.formatted(""))));
        assertThat(response.statusCode()).isEqualTo(201);
        assertThat(((RoomOperations.Send) ASKED.get()).clientId()).hasSize(36);

        send(asAnna(json("POST", "/api/v1/messages", message.formatted(""))).header("Idempotency-Key", "key-1"));
        assertThat(((RoomOperations.Send) ASKED.get()).clientId()).isEqualTo("key-1");

        send(asAnna(json("POST", "/api/v1/messages", message.formatted(",\"clientId\":\"own\"")))
                .header("Idempotency-Key", "key-1"));
        assertThat(((RoomOperations.Send) ASKED.get()).clientId()).isEqualTo("own");
    }

    @ParameterizedTest
    @CsvSource({"new,201", "again,200"})
    void creatingAConversationAnswersItAlone(String title, int status) throws Exception {
        var response =
                send(asAnna(json("POST", "/api/v1/conversations", "{\"kind\":\"group\",\"title\":\"" + title + "\"}")));

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(body(response).get("id").textValue()).isEqualTo(ROOM.toString());
    }

    @Test
    void noInternalDetailLeaves() throws Exception {
        var fromAPart = send(asAnna(json("PUT", "/api/v1/users/me", "{}")));
        var fromARoute = send(to("/eventbus/break"));

        isError(fromAPart, 500, "internal");
        isError(fromARoute, 500, "internal");
        assertThat(fromAPart.body() + fromARoute.body())
                .doesNotContain("jdbc", "secret", "Exception", "dev.switchboard");
    }

    @Test
    void otherDoorsFailInTheSameForm() throws Exception {
        isError(send(to("/eventbus/refuse")), 403, "forbidden");
    }

    // Routes and methods

    @ParameterizedTest
    @ValueSource(strings = {"/nothing", "/api/v1/nothing", "/api/v2/users/me", "/api/v1/", "/api", "/.secret/key.txt"})
    void whatIsNotThereIsNotFound(String path) throws Exception {
        isError(send(asAnna(to(path))), 404, "not_found");
    }

    @Test
    void aFaultOfAPartKeepsItsCode() throws Exception {
        isError(send(asAnna(to("/api/v1/users/" + ROOM))), 404, "not_found");
        isError(send(asAnna(to("/api/v1/users/not-an-id"))), 400, "validation_failed");
        assertThat(ASKED.get()).isEqualTo(new AccountOperations.GetUser(ROOM));
    }

    @Test
    void operationsOfThePlatformAloneHaveNoRoute() throws Exception {
        isError(send(asAnna(json("POST", "/api/v1/room:follow", "{}"))), 404, "not_found");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PATCH|/api/v1/users/me|DELETE, GET, HEAD, OPTIONS, PUT",
                "GET|/api/v1/auth/login|OPTIONS, POST",
                "POST|/|GET, HEAD, OPTIONS",
                "DELETE|/health|GET, HEAD, OPTIONS",
                "TRACE|/api/v1/users/me|GET, HEAD, POST, PUT, DELETE, OPTIONS"
            })
    void whatAPathCannotDoItSays(String method, String path, String allow) throws Exception {
        var response = send(to(path).method(method, BodyPublishers.noBody()));

        isError(response, 405, "method_not_allowed");
        assertThat(header(response, "Allow")).isEqualTo(allow);
    }

    @Test
    void optionsSayWhatAPathCanDo() throws Exception {
        var response = send(to("/api/v1/messages").method("OPTIONS", BodyPublishers.noBody()));

        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(header(response, "Allow")).isEqualTo("GET, HEAD, OPTIONS, POST");
    }

    @Test
    void headIsGetWithoutTheBody() throws Exception {
        var got = send(asAnna(to("/api/v1/users/me")));
        var head = send(asAnna(to("/api/v1/users/me").method("HEAD", BodyPublishers.noBody())));
        var refused = send(to("/api/v1/users/me").method("HEAD", BodyPublishers.noBody()));

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(header(head, "Content-Type")).isEqualTo(header(got, "Content-Type"));
        assertThat(refused.statusCode()).isEqualTo(401);
    }

    // Headers

    @Test
    void everyAnswerIsGuarded() throws Exception {
        for (String path : List.of("/", "/api/v1/users/me", "/nothing", "/health")) {
            var response = send(to(path));
            assertThat(header(response, "Content-Security-Policy"))
                    .contains("default-src 'self'", "img-src 'self' data: https:", "connect-src 'self' ws: wss:");
            assertThat(header(response, "Strict-Transport-Security")).isEqualTo("max-age=31536000; includeSubDomains");
            assertThat(header(response, "X-Frame-Options")).isEqualTo("DENY");
            assertThat(header(response, "X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(header(response, "Referrer-Policy")).isEqualTo("same-origin");
        }
    }

    @Test
    void aProperRequestIdIsKept() throws Exception {
        assertThat(header(send(to("/health/live").header("X-Request-Id", "abc-123")), "X-Request-Id"))
                .isEqualTo("abc-123");
        assertThat(header(send(to("/health/live").header("X-Request-Id", "{\"a\"}")), "X-Request-Id"))
                .hasSize(36);
        assertThat(header(send(to("/health/live").header("X-Request-Id", "x".repeat(129))), "X-Request-Id"))
                .hasSize(36);
    }

    @Test
    void aNamedOriginMayCall() throws Exception {
        var preflight = send(to("/api/v1/messages")
                .method("OPTIONS", BodyPublishers.noBody())
                .header("Origin", "https://app.example.org")
                .header("Access-Control-Request-Method", "POST"));
        var call = send(asAnna(to("/api/v1/users/me")).header("Origin", "https://app.example.org"));

        assertThat(preflight.statusCode()).isEqualTo(204);
        assertThat(header(preflight, "Access-Control-Allow-Methods")).isEqualTo("GET, POST, PUT, DELETE, PATCH");
        assertThat(header(preflight, "Access-Control-Allow-Headers"))
                .contains("Content-Type, Authorization, X-XSRF-TOKEN");
        assertThat(header(preflight, "Access-Control-Max-Age")).isEqualTo("3600");
        for (var response : List.of(preflight, call)) {
            assertThat(header(response, "Access-Control-Allow-Origin")).isEqualTo("https://app.example.org");
            assertThat(header(response, "Access-Control-Allow-Credentials")).isEqualTo("true");
            assertThat(response.headers().allValues("Vary")).contains("origin");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://app.example.org.evil.com", "http://app.example.org", "null", "https://evil.com"})
    void otherOriginsMayNot(String origin) throws Exception {
        var preflight = send(to("/api/v1/messages")
                .method("OPTIONS", BodyPublishers.noBody())
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "POST"));
        var call = send(asAnna(to("/api/v1/users/me")).header("Origin", origin));

        isError(preflight, 403, "forbidden");
        for (var response : List.of(preflight, call)) {
            assertThat(response.headers().map().keySet()).noneMatch(name -> name.startsWith("access-control-"));
        }
    }

    // Health and the page

    @Test
    void healthIsForAnybody() throws Exception {
        gateway.health.set(
                HealthChecks.Report.of(HealthChecks.Status.DEGRADED, Map.of("redis", Map.of("status", "down"))));
        for (String path : List.of("/health", "/api/v1/health", "/api/health")) {
            var response = send(to(path));
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body())
                    .isEqualTo("{\"status\":\"degraded\",\"info\":{\"redis\":{\"status\":\"down\"}}}");
        }
        gateway.health.set(HealthChecks.Report.of(HealthChecks.Status.DOWN, Map.of()));
        assertThat(send(to("/health")).statusCode()).isEqualTo(503);
        assertThat(send(to("/health/live")).statusCode()).isEqualTo(200);
        assertThat(send(to("/health/ready")).statusCode()).isEqualTo(200);
        gateway.ready.set(false);
        assertThat(send(to("/health/ready")).statusCode()).isEqualTo(503);
    }

    @Test
    void thePageIsServedWithItsTag() throws Exception {
        var page = send(to("/"));
        String tag = header(page, "ETag");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("Test page");
        assertThat(header(page, "Content-Type")).isEqualTo("text/html; charset=utf-8");
        assertThat(header(page, "Cache-Control")).isEqualTo("no-cache");
        assertThat(send(to("/index.html")).body()).isEqualTo(page.body());
        var again = send(to("/").header("If-None-Match", "W/\"other\", " + tag));
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        assertThat(send(to("/").header("If-None-Match", "\"other\"")).statusCode())
                .isEqualTo(200);
    }

    @Test
    void scriptsAreCompressedForWhoeverWantsIt() throws Exception {
        var plain = send(to("/assets/app.js"));
        var small = HTTP.send(
                to("/assets/app.js").header("Accept-Encoding", "gzip").build(),
                HttpResponse.BodyHandlers.ofByteArray());

        assertThat(header(plain, "Content-Type")).isEqualTo("text/javascript; charset=utf-8");
        assertThat(header(plain, "Content-Encoding")).isNull();
        assertThat(header(small, "Content-Encoding")).isEqualTo("gzip");
        assertThat(small.headers().allValues("Vary")).contains("accept-encoding");
        assertThat(small.body().length).isLessThan(plain.body().length() / 4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../page/.secret/key.txt",
                "/%2e%2e/logback.xml",
                "/assets/..%2f..%2findex.html",
                "/..%5c..%5cindex.html"
            })
    void noPathLeadsOutOfThePage(String path) throws Exception {
        assertThat(send(to(path)).statusCode()).isIn(400, 404);
    }
}
