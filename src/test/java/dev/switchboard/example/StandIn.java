package dev.switchboard.example;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A service behind the gateway: answers every request with what it saw of it, and every WebSocket with what it was opened
 * with and then with what it is sent.
 */
final class StandIn implements AutoCloseable {
    /** What it does with a request. */
    enum Mood {
        ANSWERS,
        /** Takes requests and says nothing. */
        HANGS,
        /** Closes the connection instead of answering. */
        BREAKS,
        /** Answers when it is told to: {@link StandIn#release}. */
        WAITS
    }

    /** A request as it arrived. */
    record Seen(String method, String uri, MultiMap headers, String body) {}

    private final Queue<Seen> seen = new ConcurrentLinkedQueue<>();
    private final Queue<HttpServerRequest> waiting = new ConcurrentLinkedQueue<>();
    private final HttpServer server;
    private volatile Mood mood = Mood.ANSWERS;

    StandIn(Vertx vertx) throws TimeoutException {
        this.server = vertx.createHttpServer()
                .requestHandler(this::request)
                .webSocketHandler(this::socket)
                .listen(0, "127.0.0.1")
                .await(10, TimeUnit.SECONDS);
    }

    String url() {
        return "http://127.0.0.1:" + server.actualPort();
    }

    void mood(Mood next) {
        mood = next;
    }

    /** The oldest request that arrived and was not asked for yet. */
    Seen next() {
        Seen next = seen.poll();
        if (next == null) {
            throw new AssertionError("nothing arrived at the service");
        }
        return next;
    }

    boolean sawNothing() {
        return seen.isEmpty();
    }

    int waiting() {
        return waiting.size();
    }

    /** Answers those who wait. */
    void release() {
        mood = Mood.ANSWERS;
        for (HttpServerRequest request = waiting.poll(); request != null; request = waiting.poll()) {
            request.response().end("{}");
        }
    }

    private void request(HttpServerRequest request) {
        request.body().onSuccess(body -> {
            Seen what = new Seen(request.method().name(), request.uri(), request.headers(), body.toString());
            seen.add(what);
            switch (mood) {
                case ANSWERS ->
                    request.response()
                            .putHeader("Content-Type", "application/json")
                            .end(report(what).encode());
                case HANGS -> {
                    // The gateway's time-out ends it.
                }
                case BREAKS -> request.response().reset();
                case WAITS -> waiting.add(request);
            }
        });
    }

    private void socket(ServerWebSocket socket) {
        Seen what = new Seen("GET", socket.uri(), socket.headers(), "");
        seen.add(what);
        socket.writeTextMessage(report(what).encode());
        socket.textMessageHandler(socket::writeTextMessage);
    }

    private static JsonObject report(Seen what) {
        JsonObject headers = new JsonObject();
        what.headers().forEach(header -> headers.put(header.getKey().toLowerCase(Locale.ROOT), header.getValue()));
        return new JsonObject()
                .put("method", what.method())
                .put("uri", what.uri())
                .put("headers", headers)
                .put("body", what.body());
    }

    /** Dies: its port refuses connections. */
    void die() throws TimeoutException {
        server.close().await(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws TimeoutException {
        die();
    }
}
