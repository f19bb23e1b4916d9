package dev.switchboard.bench;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/** Engine.IO 4 with Socket.IO 5 packets, WebSocket alone, as {@code bench/socketio/server.js} speaks it. */
final class SocketIoProtocol implements Protocol {
    private final Layout layout;
    private final Bytes open = new Bytes("0{");
    private final Bytes connected = new Bytes("40");
    private final Bytes joined = new Bytes("430");
    private final Bytes refused = new Bytes("44");
    private final Bytes message = new Bytes("42[\"message\",");
    private final Bytes ping = new Bytes("2");

    SocketIoProtocol(Layout layout) {
        this.layout = layout;
    }

    @Override
    public String path(int client) {
        return "/socket.io/?EIO=4&transport=websocket";
    }

    @Override
    public void opened(Client client) {
        // The server speaks first.
    }

    @Override
    public void received(Client client, ByteBuf in, int at, int length) {
        int end = at + length;
        if (message.at(in, at, end)) {
            client.delivered(in, at, length);
        } else if (joined.at(in, at, end)) {
            client.ready();
        } else if (connected.at(in, at, end)) {
            String rooms = layout.rooms(client.number()).stream()
                    .map(room -> '"' + room + '"')
                    .collect(Collectors.joining(",", "[", "]"));
            client.send("420[\"join\"," + rooms + "]");
        } else if (open.at(in, at, end)) {
            client.send("40");
        } else if (length == 1 && ping.at(in, at, end)) {
            client.send("3");
        } else if (refused.at(in, at, end)) {
            client.refused(in.toString(at, length, StandardCharsets.UTF_8));
        }
    }

    @Override
    public String message(Client client, long nanos, int number) {
        return "42[\"message\",\"" + layout.rooms(client.number()).get(0) + "\",\"" + Stamp.body(nanos, number) + "\"]";
    }
}
