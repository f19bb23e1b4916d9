package dev.switchboard.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.support.Api;
import dev.switchboard.support.Patience;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One tab of a Chromium that treats tabs out of sight as it does everywhere: Playwright switches that off and says of every
 * page that it is in sight, so this speaks the DevTools protocol itself.
 */
final class HiddenTab implements AutoCloseable {
    private static final Pattern ADDRESS = Pattern.compile("DevTools listening on (ws://\\S+)");
    private static final long END_S = 10;
    private static final long TIMEOUT_S = Patience.LONG.toSeconds();

    private final Process process;
    private final WebSocket socket;
    private final Map<Integer, CompletableFuture<JsonNode>> replies = new ConcurrentHashMap<>();
    private final AtomicInteger lastId = new AtomicInteger();
    private final StringBuilder partial = new StringBuilder();
    private final String session;

    /**
     * Opens a page.
     *
     * @param folder for the browser's files
     * @param script runs before those of the page
     * @param flags beside those that every test needs
     */
    HiddenTab(Path folder, String address, String script, String... flags) {
        List<String> command = new ArrayList<>(List.of(Chromium.PROGRAM.toString()));
        command.addAll(Chromium.FLAGS);
        command.addAll(List.of(Chromium.WITH_CAMERA));
        command.addAll(List.of(flags));
        command.addAll(List.of("--remote-debugging-port=0", "--user-data-dir=" + folder.resolve("profile")));
        Path log = folder.resolve("chromium.log");
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            socket = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .buildAsync(URI.create(listening(log)), new Listener())
                    .join();
            session = attach(open("about:blank"));
            send("Page.enable", session, Map.of());
            send("Page.addScriptToEvaluateOnNewDocument", session, Map.of("source", script));
            send("Page.navigate", session, Map.of("url", address));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static String listening(Path log) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_S);
        while (System.nanoTime() < deadline) {
            try {
                Matcher address = ADDRESS.matcher(Files.readString(log));
                if (address.find()) {
                    return address.group(1);
                }
                TimeUnit.MILLISECONDS.sleep(50);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        throw new IllegalStateException("Chromium does not listen");
    }

    private String open(String address) {
        return send("Target.createTarget", null, Map.of("url", address))
                .get("targetId")
                .asText();
    }

    private String attach(String target) {
        return send("Target.attachToTarget", null, Map.of("targetId", target, "flatten", true))
                .get("sessionId")
                .asText();
    }

    /** Opens another tab before this one. */
    void hide() {
        send("Target.activateTarget", null, Map.of("targetId", open("about:blank")));
    }

    /** What an expression is in the page, awaited if it is a promise. */
    JsonNode evaluate(String expression) {
        JsonNode answer = send(
                "Runtime.evaluate",
                session,
                Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
        if (answer.has("exceptionDetails")) {
            throw new AssertionError(answer.get("exceptionDetails").toString());
        }
        return answer.at("/result/value");
    }

    private JsonNode send(String method, String within, Map<String, ?> parameters) {
        int id = lastId.incrementAndGet();
        ObjectNode message = Api.JSON.createObjectNode().put("id", id).put("method", method);
        if (within != null) {
            message.put("sessionId", within);
        }
        message.set("params", Api.JSON.valueToTree(parameters));
        CompletableFuture<JsonNode> reply = new CompletableFuture<>();
        replies.put(id, reply);
        socket.sendText(message.toString(), true).join();
        JsonNode answer = reply.orTimeout(TIMEOUT_S, TimeUnit.SECONDS).join();
        if (answer.has("error")) {
            throw new IllegalStateException(method + ": " + answer.get("error"));
        }
        return answer.get("result");
    }

    private final class Listener implements WebSocket.Listener {
        @Override
        public CompletionStage<?> onText(WebSocket ws, CharSequence data, boolean last) {
            partial.append(data);
            if (last) {
                String text = partial.toString();
                partial.setLength(0);
                try {
                    JsonNode message = Api.JSON.readTree(text);
                    CompletableFuture<JsonNode> reply =
                            replies.remove(message.path("id").asInt());
                    if (reply != null) {
                        reply.complete(message);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            ws.request(1);
            return null;
        }
    }

    @Override
    public void close() {
        // Its children write to its folder for a while when it is gone, and the folder goes next.
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
        CompletableFuture.allOf(all.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
                .completeOnTimeout(null, END_S, TimeUnit.SECONDS)
                .join();
    }
}
