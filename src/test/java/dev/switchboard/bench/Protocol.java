package dev.switchboard.bench;

import io.netty.buffer.ByteBuf;

/** How the clients of one kind of server speak. Called on the load generator's only thread. */
interface Protocol {
    /** The path of the WebSocket. */
    String path(int client);

    /** Further header lines of the upgrade, each with its line end. */
    default String headers(int client) {
        return "";
    }

    /** The WebSocket is open: the client registers, and calls {@link Client#ready()} when it is told that it is. */
    void opened(Client client);

    /** A text or binary message came: {@code length} bytes of {@code in} from {@code at}. */
    void received(Client client, ByteBuf in, int at, int length);

    /**
     * What a client sends so that everybody in its first room gets a message of {@link Stamp#BODY_BYTES}.
     *
     * @param nanos when the message is due, as {@link System#nanoTime()}
     */
    String message(Client client, long nanos, int number);

    /** What an idle client sends so that the server keeps it, every {@link #keepAliveSeconds()}; empty for nothing. */
    default String keepAlive() {
        return "";
    }

    default int keepAliveSeconds() {
        return 60;
    }
}
