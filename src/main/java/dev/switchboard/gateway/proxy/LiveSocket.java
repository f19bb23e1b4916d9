package dev.switchboard.gateway.proxy;

import dev.switchboard.gateway.bridge.CloseCode;
import dev.switchboard.gateway.bridge.Deadlines;

/** A WebSocket on its way through, from its handshake to its end. Lives on one event loop. */
abstract class LiveSocket extends Deadlines.Entry {
    /** What is known of it. */
    abstract OpenSocket about();

    /** Ends it, in order if that can be. */
    abstract void end(CloseCode why);

    /** Ends it then, for the node is about to stop. */
    abstract void leaveAt(long millis);
}
