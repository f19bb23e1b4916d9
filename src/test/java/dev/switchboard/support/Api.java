package dev.switchboard.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;

/** The HTTP door of one node, as a client without a browser uses it. */
public final class Api {
    public static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Patience.USUAL).build();
    private static final Duration TIMEOUT = Patience.USUAL;

    private final URI base;

    /** An answer, whatever its status. */
    public record Answer(int status, JsonNode body) {
        /** The body of a success; fails the test otherwise. */
        public JsonNode ok() {
            if (status >= 300) {
                throw new AssertionError("HTTP " + status + ": " + body);
            }
            return body;
        }
    }

    /** Somebody who is signed in. */
    public record Account(String id, String username, String password, String accessToken, String refreshToken) {}

    public Api(URI base) {
        this.base = base;
    }

    public URI base() {
        return base;
    }

    /** A new user with a name that nobody else has. */
    public Account register(String name) {
        String username = name + "-" + UUID.randomUUID().toString().substring(0, 8);
        JsonNode body = call(
                        "POST",
                        "/api/v1/auth/register",
                        null,
                        Map.of("username", username, "email", username + "@example.org", "password", "correct horse"))
                .ok();
        return account(body, username);
    }

    public Account login(String username) {
        JsonNode body = call(
                        "POST", "/api/v1/auth/login", null, Map.of("username", username, "password", "correct horse"))
                .ok();
        return account(body, username);
    }

    private static Account account(JsonNode body, String username) {
        return new Account(
                body.at("/user/id").asText(),
                username,
                "correct horse",
                body.get("accessToken").asText(),
                body.get("refreshToken").asText());
    }

    /** The id of the channel that is there from the start. */
    public String general(Account account) {
        return call("GET", "/api/v1/conversations?slug=general", account, null)
                .ok()
                .at("/items/0/id")
                .asText();
    }

    public Answer call(String method, String path, Account account, Object body) {
        return call(method, path, account, body, Map.of());
    }

    public Answer call(String method, String path, Account account, Object body, Map<String, String> headers) {
        try {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(base.resolve(path)).timeout(TIMEOUT);
            headers.forEach(request::header);
            if (account != null) {
                request.header("Authorization", "Bearer " + account.accessToken());
            }
            if (body != null) {
                request.header("Content-Type", "application/json");
            }
            request.method(
                    method,
                    body == null
                            ? HttpRequest.BodyPublishers.noBody()
                            : HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
            HttpResponse<byte[]> response = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            return new Answer(response.statusCode(), JSON.readTree(response.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
