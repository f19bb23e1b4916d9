package dev.switchboard.bench;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The Vert.x event-bus bridge over SockJS's WebSocket: JSON within JSON, several messages possible in a frame. */
final class SockJsProtocol implements Protocol {
    /** The bridge closes a client from which it heard nothing for 10 s. */
    private static final int KEEP_ALIVE_SECONDS = 5;

    /** No such address is permitted: its refusal comes after everything that was asked before it. */
    private static final String LAST = "none";

    private final Layout layout;
    private final Bytes open = new Bytes("o");
    private final Bytes message = new Bytes("{\\\"type\\\":\\\"rec\\\"");
    private final Bytes denied = new Bytes("access_denied");
    private final Bytes error = new Bytes("{\\\"type\\\":\\\"err\\\"");

    SockJsProtocol(Layout layout) {
        this.layout = layout;
    }

    @Override
    public String path(int client) {
        return String.format("/eventbus/000/%08d/websocket", client);
    }

    @Override
    public void opened(Client client) {
        // The server speaks first.
    }

    @Override
    public void received(Client client, ByteBuf in, int at, int length) {
        int end = at + length;
        if (open.at(in, at, end)) {
            register(client);
            return;
        }
        int next = message.first(in, at, end);
        if (next < 0 && error.first(in, at, end) >= 0) {
            if (!client.isReady() && denied.first(in, at, end) >= 0) {
                client.ready();
            } else {
                client.refused(in.toString(at, length, StandardCharsets.UTF_8));
            }
        }
        while (next >= 0) {
            int following = message.first(in, next + message.length(), end);
            client.delivered(in, next, (following < 0 ? end : following) - next);
            next = following;
        }
    }

    private void register(Client client) {
        List<String> rooms = layout.rooms(client.number());
        for (String room : rooms) {
            client.send(sockJs("{\"type\":\"register\",\"address\":\"room:" + room + "\"}"));
        }
        client.send(sockJs("{\"type\":\"send\",\"address\":\"" + LAST + "\",\"body\":null}"));
    }

    @Override
    public String message(Client client, long nanos, int number) {
        return sockJs("{\"type\":\"publish\",\"address\":\"room:"
                + layout.rooms(client.number()).get(0) + "\",\"body\":\"" + Stamp.body(nanos, number) + "\"}");
    }

    @Override
    public String keepAlive() {
        return sockJs("{\"type\":\"ping\"}");
    }

    @Override
    public int keepAliveSeconds() {
        return KEEP_ALIVE_SECONDS;
    }

    private static String sockJs(String json) {
        return "[\"" + json.replace("\"", "\\\"") + "\"]";
    }
}
