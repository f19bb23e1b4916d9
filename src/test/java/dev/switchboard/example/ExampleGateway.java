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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
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
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** The program with one of the example files, on a port of its own, and a client of it. */
final class ExampleGateway implements AutoCloseable {
    private static final String SECRET = "a secret that is only good for tests, really";
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final Node node;

    /** An answer, whatever its status. */
    record Answer(int status, HttpHeaders headers, JsonNode body) {
        String header(String name) {
            return headers.firstValue(name).orElse("");
        }
    }

    /**
     * @param example the name of the file under {@code conf/examples}
     * @param settings by the names of their environment variables
     */
    ExampleGateway(String example, Map<String, String> settings) {
        Map<String, String> environment = new HashMap<>(settings);
        environment.put("PORT", String.valueOf(freePort()));
        environment.put("JWT_SECRET", SECRET);
        environment.put("CLUSTER_NAME", "test-" + UUID.randomUUID());
        environment.put("CLUSTER_PORT", String.valueOf(freePort()));
        Path file = Path.of("conf", "examples", example + ".yaml");
        node = Node.start(ConfigSource.in(file, environment).read(PlatformOptions::from), null);
    }

    /** Whether it takes new connections. */
    boolean accepts() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port())) {
            return socket.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }

    /** A free port with nobody behind it. */
    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + path))
                .timeout(TIMEOUT)
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofByteArray())
                .thenApply(response -> new Answer(response.statusCode(), response.headers(), json(response.body())));
    }

    Answer call(String method, String path, String... headers) {
        return send(method, path, method.equals("POST") ? "{\"a\":1}" : "", headers)
                .join();
    }

    /** Opens a WebSocket and answers with the first message that comes. */
    JsonNode firstMessage(String path, String... headers) {
        CompletableFuture<JsonNode> first = new CompletableFuture<>();
        var builder = http.newWebSocketBuilder().connectTimeout(TIMEOUT);
        for (int i = 0; i < headers.length; i += 2) {
            builder.header(headers[i], headers[i + 1]);
        }
        var socket = builder.buildAsync(URI.create("ws://127.0.0.1:" + node.port() + path), new FirstMessage(first))
                .join();
        try {
            return first.orTimeout(TIMEOUT.toSeconds(), TimeUnit.SECONDS).join();
        } finally {
            socket.abort();
        }
    }

    private record FirstMessage(CompletableFuture<JsonNode> first) implements WebSocket.Listener {
        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            first.complete(json(data.toString().getBytes(StandardCharsets.UTF_8)));
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void onError(WebSocket socket, Throwable failure) {
            first.completeExceptionally(failure);
        }
    }

    private static JsonNode json(byte[] body) {
        try {
            return Api.JSON.readTree(body);
        } catch (IOException e) {
            throw new UncheckedIOException(new String(body, StandardCharsets.UTF_8), e);
        }
    }

    @Override
    public void close() {
        node.close();
    }
}
