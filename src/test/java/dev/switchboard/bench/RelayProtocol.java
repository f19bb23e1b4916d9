package dev.switchboard.bench;

import io.netty.buffer.ByteBuf;

/** What the {@link Relay} repeats: frames as large as Switchboard's. */
final class RelayProtocol implements Protocol {
    private static final String HEAD = "{\"type\":\"rec\",\"address\":\"room:00000000-0000-7000-8000-000000000001\","
            + "\"body\":{\"type\":\"message:new\",\"roomId\":\"00000000-0000-7000-8000-000000000001\",\"at\":"
            + "\"2026-01-01T00:00:00.000000Z\",\"data\":{\"id\":\"00000000-0000-7000-8000-000000000002\",\"roomId\":"
            + "\"00000000-0000-7000-8000-000000000001\",\"senderId\":\"00000000-0000-7000-8000-000000000003\","
            + "\"senderName\":\"bench\",\"type\":\"text\",\"deleted\":false,\"version\":1,\"content\":\"";
    private static final String TAIL = "\"}}}";

    private final Bytes message = new Bytes("{\"type\":\"rec\"");

    @Override
    public String path(int client) {
        return "/";
    }

    @Override
    public void opened(Client client) {
        client.ready();
    }

    @Override
    public void received(Client client, ByteBuf in, int at, int length) {
        if (message.at(in, at, at + length)) {
            client.delivered(in, at, length);
        }
    }

    @Override
    public String message(Client client, long nanos, int number) {
        return HEAD + Stamp.body(nanos, number) + TAIL;
    }
}
