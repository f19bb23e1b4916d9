package dev.switchboard.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.support.Api.Account;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A raw WebSocket on {@code /eventbus/websocket}: the bridge protocol without any client library. */
public final class BusClient implements AutoCloseable {
    /** A frozen node's system takes connections, and nobody answers: whoever tries again finds another node. */
    private static final Duration CONNECT = Duration.ofSeconds(8);

    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(CONNECT).build();

    private final Map<String, CompletableFuture<JsonNode>> replies = new ConcurrentHashMap<>();
    private final Map<String, List<Consumer<JsonNode>>> handlers = new ConcurrentHashMap<>();
    private final List<JsonNode> others = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final StringBuilder partial = new StringBuilder();
    private final WebSocket socket;
    private volatile boolean left;
    private CompletableFuture<?> lastWrite = CompletableFuture.completedFuture(null);

    /** The server's refusal of a request. */
    public static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int status;

        Refused(int status, String message) {
            super(message);
            this.status = status;
        }

        public int status() {
            return status;
        }
    }

    private BusClient(URI node, Account bearer) {
        WebSocket.Builder builder = HTTP.newWebSocketBuilder().connectTimeout(CONNECT);
        if (bearer != null) {
            builder.header("Authorization", "Bearer " + bearer.accessToken());
        }
        URI uri = URI.create("ws://" + node.getAuthority() + "/eventbus/websocket");
        this.socket = builder.buildAsync(uri, new Listener()).join();
    }

    /** Connects without saying who one is. */
    public static BusClient anonymous(URI node) {
        return new BusClient(node, null);
    }

    /** Connects with the token on the upgrade. */
    public static BusClient connect(URI node, Account account) {
        return new BusClient(node, account);
    }

    /** Sends a frame as it is. */
    public synchronized void raw(String frame) {
        lastWrite = lastWrite.thenCompose(v -> socket.sendText(frame, true));
    }

    /** Asks, without waiting. Fails with {@link Refused}. */
    public CompletableFuture<JsonNode> ask(String address, Object body) {
        ObjectNode frame = Api.JSON.createObjectNode().put("type", "send").put("address", address);
        frame.set("body", Api.JSON.valueToTree(body));
        return exchange(frame);
    }

    /** Asks and waits. */
    public JsonNode request(String address, Object body) {
        return await(ask(address, body));
    }

    /** Registers for an address and waits for the acknowledgement. */
    public void register(String address, Consumer<JsonNode> handler) {
        handlers.computeIfAbsent(address, a -> new CopyOnWriteArrayList<>()).add(handler);
        await(exchange(Api.JSON.createObjectNode().put("type", "register").put("address", address)));
    }

    private CompletableFuture<JsonNode> exchange(ObjectNode frame) {
        String replyAddress = UUID.randomUUID().toString();
        CompletableFuture<JsonNode> reply = new CompletableFuture<>();
        replies.put(replyAddress, reply);
        if (closed.isDone()) {
            reply.completeExceptionally(new IllegalStateException("closed"));
        } else {
            raw(frame.put("replyAddress", replyAddress).toString());
        }
        return reply.orTimeout(Patience.USUAL.toSeconds(), TimeUnit.SECONDS);
    }

    private static JsonNode await(CompletableFuture<JsonNode> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Refused refused) {
                throw refused;
            }
            throw e;
        }
    }

    /** Completes with the close code. */
    public CompletableFuture<Integer> closed() {
        return closed;
    }

    /** Frames that answer nothing and were sent to no registered address. */
    public List<JsonNode> others() {
        return others;
    }

    /** Ends the connection without a word, as a lost network would; nothing that comes after this is looked at. */
    public void abort() {
        left = true;
        socket.abort();
        finish(1006);
    }

    /** Says goodbye; nothing that comes after this is looked at, as from a node that was frozen. */
    @Override
    public void close() {
        left = true;
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "");
    }

    private void finish(int code) {
        closed.complete(code);
        replies.values().forEach(r -> r.completeExceptionally(new IllegalStateException("closed with " + code)));
    }

    private void received(String text) {
        if (left) {
            return;
        }
        JsonNode frame;
        try {
            frame = Api.JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException("not JSON: " + text, e);
        }
        String address = frame.path("address").asText();
        CompletableFuture<JsonNode> reply = replies.remove(address);
        if (reply != null) {
            if (frame.path("type").asText().equals("err")) {
                reply.completeExceptionally(new Refused(
                        frame.path("failureCode").asInt(),
                        frame.path("message").asText(frame.path("body").asText())));
            } else {
                reply.complete(frame.get("body"));
            }
        } else if (handlers.containsKey(address)) {
            handlers.get(address).forEach(h -> h.accept(frame.get("body")));
        } else {
            others.add(frame);
        }
    }

    private final class Listener implements WebSocket.Listener {
        @Override
        public CompletionStage<?> onText(WebSocket ws, CharSequence data, boolean last) {
            partial.append(data);
            if (last) {
                String text = partial.toString();
                partial.setLength(0);
                received(text);
            }
            ws.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket ws, int code, String reason) {
            finish(code);
            return null;
        }

        @Override
        public void onError(WebSocket ws, Throwable error) {
            finish(1006);
        }
    }
}
