package dev.switchboard.bench;

import io.netty.buffer.ByteBuf;
import java.util.List;

/** Clients of {@link EchoSockets}: each is ready when its first message came back, and may say another later. */
final class EchoProtocol implements Protocol {
    private final List<String> tokens;

    EchoProtocol(List<String> tokens) {
        this.tokens = tokens;
    }

    @Override
    public String path(int client) {
        return "/sockets/one";
    }

    @Override
    public String headers(int client) {
        return "Authorization: Bearer " + tokens.get(client % tokens.size()) + "\r\n";
    }

    @Override
    public void opened(Client client) {
        client.await(1);
        client.send(message(client, System.nanoTime(), 0));
    }

    @Override
    public void received(Client client, ByteBuf in, int at, int length) {
        if (client.isReady()) {
            client.delivered(in, at, length);
        } else {
            client.answered();
        }
    }

    @Override
    public String message(Client client, long nanos, int number) {
        return Stamp.body(nanos, number);
    }
}
