package dev.switchboard.example;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.switchboard.app.Node;
import dev.switchboard.app.PlatformOptions;
import dev.switchboard.config.ConfigSource;
import dev.switchboard.support.Api;
import dev.switchboard.support.Api.Account;
import dev.switchboard.support.Patience;
import dev.switchboard.support.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The program with one of the example files, on a port of its own, and a client of it. */
final class ExampleGateway implements AutoCloseable {
    /** What requests with a body hold unless the test says otherwise. */
    static final String BODY = "{\"a\":1}";

    /** How long services may take: short enough to be waited out, long enough for a machine that is busy. */
    static final String UPSTREAM_TIMEOUT = "2s";

    static final String PASSWORD = "correct horse";
    static final String SECRET = "a secret that is only good for tests, really";
    private static final Duration TIMEOUT = Patience.USUAL;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Patience.USUAL).build();
    private final AtomicInteger people = new AtomicInteger();
    private final Node node;

    /** An answer, whatever its status. */
    record Answer(int status, HttpHeaders headers, String text) {
        JsonNode body() {
            return parsed(text);
        }

        String header(String name) {
            return headers.firstValue(name).orElse("");
        }
    }

    /**
     * @param example the name of the file under {@code conf/examples}
     * @param settings by the names of their environment variables
     */
    ExampleGateway(String example, Map<String, String> settings) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "PORT",
                String.valueOf(Ports.free()),
                "JWT_SECRET",
                SECRET,
                "CLUSTER_NAME",
                "test-" + UUID.randomUUID(),
                "CLUSTER_PORT",
                String.valueOf(Ports.cluster()),
                "SHUTDOWN_TIMEOUT",
                "2s",
                // One answer of Redis that is slow must not make each gateway count for itself.
                "REDIS_TIMEOUT",
                "5s",
                "TRUSTED_PROXIES",
                "127.0.0.1"));
        environment.putAll(settings);
        node = Node.start(settings(example, environment), null);
    }

    /** What an example says, with these environment variables and no others. */
    static PlatformOptions settings(String example, Map<String, String> environment) {
        Path file = Path.of("conf", "examples", example + ".yaml");
        return ConfigSource.in(file, environment).read(PlatformOptions::from);
    }

    /** Where it listens. */
    URI uri() {
        return URI.create("http://127.0.0.1:" + node.port());
    }

    /** Names and values in turn, and one more of each. */
    static String[] plus(String[] headers, String... more) {
        return Stream.concat(Arrays.stream(headers), Arrays.stream(more)).toArray(String[]::new);
    }

    /** Whether it takes new connections. */
    boolean accepts() {
        try (java.net.Socket socket = new java.net.Socket(InetAddress.getLoopbackAddress(), node.port())) {
            return socket.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }

    /** A request with JSON that counts as one from this address, as the proxy in front of the gateway says. */
    Answer json(String method, String path, String client, String body, String... headers) {
        return send(method, path, body, plus(headers, "Content-Type", "application/json", "X-Forwarded-For", client))
                .join();
    }

    /** Somebody new, registered at this path. */
    Account register(String path, String name) {
        String username = name + "-" + UUID.randomUUID().toString().substring(0, 8);
        // Each from another address, or the limit of attempts would be reached.
        String client = "10.1." + people.incrementAndGet() + ".1";
        Answer answer = json(
                "POST",
                path,
                client,
                "{\"username\":\"" + username + "\",\"email\":\"" + username + "@example.org\",\"password\":\""
                        + PASSWORD + "\"}");
        if (answer.status() != 201) {
            throw new AssertionError(answer.status() + " " + answer.body());
        }
        JsonNode body = answer.body();
        return new Account(
                body.at("/user/id").asText(),
                username,
                PASSWORD,
                body.get("accessToken").asText(),
                body.get("refreshToken").asText());
    }

    /** The header by which somebody is known. */
    static String[] as(Account account) {
        return new String[] {"Authorization", "Bearer " + account.accessToken()};
    }

    /** A token as the system's own auth service makes them: without a session of Switchboard's. */
    static String token(UUID user, Instant expiry) {
        SignedJWT token = new SignedJWT(
                new JWSHeader(JWSAlgorithm.HS256),
                new JWTClaimsSet.Builder()
                        .subject(user.toString())
                        .claim("email", "anna@example.org")
                        .issueTime(Date.from(Instant.now()))
                        .expirationTime(Date.from(expiry))
                        .build());
        try {
            token.sign(new MACSigner(SECRET.getBytes(StandardCharsets.UTF_8)));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        return token.serialize();
    }

    static String token(UUID user) {
        return token(user, Instant.now().plusSeconds(60));
    }

    /** @param headers names and values in turn */
    CompletableFuture<Answer> send(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri().resolve(path))
                .timeout(TIMEOUT)
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString())
                .thenApply(response -> new Answer(response.statusCode(), response.headers(), response.body()));
    }

    Answer call(String method, String path, String... headers) {
        return send(method, path, method.equals("POST") ? BODY : "", headers).join();
    }

    /** Opens a WebSocket. */
    Socket webSocket(String path, String... headers) {
        var builder = http.newWebSocketBuilder().connectTimeout(TIMEOUT);
        for (int i = 0; i < headers.length; i += 2) {
            builder.header(headers[i], headers[i + 1]);
        }
        var opened = new Socket();
        builder.buildAsync(URI.create("ws://127.0.0.1:" + node.port() + path), opened)
                .join();
        return opened;
    }

    /** A WebSocket: the first message that came, and the code by which it was closed. */
    static final class Socket implements WebSocket.Listener {
        private final CompletableFuture<JsonNode> first = new CompletableFuture<>();
        private final CompletableFuture<Integer> closed = new CompletableFuture<>();

        JsonNode first() {
            return first.orTimeout(TIMEOUT.toSeconds(), TimeUnit.SECONDS).join();
        }

        int closed() {
            return closed.orTimeout(TIMEOUT.toSeconds(), TimeUnit.SECONDS).join();
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            first.complete(parsed(data.toString()));
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            closed.complete(code);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable failure) {
            first.completeExceptionally(failure);
            closed.completeExceptionally(failure);
        }
    }

    private static JsonNode parsed(String json) {
        try {
            return Api.JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(json, e);
        }
    }

    @Override
    public void close() {
        node.close();
    }
}
