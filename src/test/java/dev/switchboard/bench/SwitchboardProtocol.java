package dev.switchboard.bench;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Switchboard's raw WebSocket: one JSON message is one frame. See {@code docs/protocol.md}. */
final class SwitchboardProtocol implements Protocol {
    /** What of an event is looked through for its type; content and people's names come after it. */
    private static final int HEAD_OF_EVENT = 200;

    private final Population population;
    private final Bytes reply = new Bytes("{\"type\":\"rec\",\"address\":\"@@");
    private final Bytes setUp = new Bytes("{\"type\":\"rec\",\"address\":\"setup");
    private final Bytes event = new Bytes("{\"type\":\"rec\",\"address\":\"room:");
    private final Bytes messageNew = new Bytes("\"type\":\"message:new\"");
    private final Bytes error = new Bytes("{\"type\":\"err\"");
    private final Bytes mark = Stamp.mark();

    SwitchboardProtocol(Population population) {
        this.population = population;
    }

    @Override
    public String path(int client) {
        return "/eventbus/websocket";
    }

    @Override
    public String headers(int client) {
        return "Authorization: Bearer " + population.token(client) + "\r\n";
    }

    @Override
    public void opened(Client client) {
        List<String> rooms = population.rooms(client.number());
        client.await(2 * rooms.size());
        for (String room : rooms) {
            client.send("{\"type\":\"send\",\"address\":\"join:conversation\",\"replyAddress\":\"setup\",\"body\":"
                    + "{\"conversationId\":\"" + room + "\",\"afterSeq\":0}}");
            client.send("{\"type\":\"register\",\"address\":\"room:" + room + "\",\"replyAddress\":\"setup\"}");
        }
    }

    @Override
    public void received(Client client, ByteBuf in, int at, int length) {
        int end = at + length;
        if (event.at(in, at, end)) {
            if (messageNew.anywhere(in, at, Math.min(end, at + HEAD_OF_EVENT)) >= 0) {
                client.delivered(in, at, length);
            }
        } else if (reply.at(in, at, end)) {
            client.acknowledged(in, mark.anywhere(in, at, end));
        } else if (setUp.at(in, at, end)) {
            client.answered();
        } else if (error.at(in, at, end)) {
            client.refused(in.toString(at, length, StandardCharsets.UTF_8));
        }
    }

    @Override
    public String message(Client client, long nanos, int number) {
        String id = Stamp.brief(nanos, number);
        return "{\"type\":\"send\",\"address\":\"message:send\",\"replyAddress\":\"" + id
                + "\",\"body\":{\"conversationId\":\""
                + population.rooms(client.number()).get(0) + "\",\"clientId\":\"" + id.substring(2)
                + "\",\"content\":\""
                + Stamp.body(nanos, number) + "\"}}";
    }

    @Override
    public String keepAlive() {
        return "{\"type\":\"ping\"}";
    }
}
