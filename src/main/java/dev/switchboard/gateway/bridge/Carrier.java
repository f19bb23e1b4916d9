package dev.switchboard.gateway.bridge;

/** What a session needs of its connection beyond what the hub sees. Used on its own event loop only. */
interface Carrier extends Connection {
    /** Stops reading from the client. A few messages that were read already may still come. */
    void pause();

    /** Reads on. */
    void resume();

    /** Sends whatever shows the client, and every proxy between, that the connection lives. */
    void heartbeat();

    /**
     * Ends a connection that was closed a while ago and is still there.
     *
     * @param evenIfFlushed false: only if the close frame is still waiting to be sent
     */
    void cut(boolean evenIfFlushed);
}
