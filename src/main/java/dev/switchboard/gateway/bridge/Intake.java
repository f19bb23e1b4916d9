package dev.switchboard.gateway.bridge;

import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one socket may have under way. While it is too much the socket is not read, and what had been read already, the
 * rest of a SockJS frame for example, waits here.
 */
final class Intake {
    private final BridgeSession socket;
    private final Lanes lanes = new Lanes();
    private @Nullable ArrayDeque<String> waiting;
    private int waitingLength;
    private boolean paused;
    private boolean held;

    Intake(BridgeSession socket) {
        this.socket = socket;
    }

    /** Takes a message from the client. */
    void take(String message) {
        if (!paused && !held) {
            socket.process(message);
            return;
        }
        if (waiting == null) {
            waiting = new ArrayDeque<>();
            waitingLength = 0;
        }
        waiting.add(message);
        waitingLength += message.length();
        if (waitingLength > socket.loop().services().maxMessage()) {
            // Somebody who sends on although nobody reads; a fallback transport cannot be stopped.
            socket.close(CloseCode.TOO_MANY);
        }
    }

    /** Runs a request in its lane. */
    <T> void run(String lane, Supplier<Future<T>> request) {
        lanes.run(lane, request, this::oneDone);
        if (!paused && lanes.outstanding() >= most()) {
            paused = true;
            socket.carrier().pause();
        }
    }

    private int most() {
        return socket.loop().options().maxOutstanding();
    }

    private void oneDone() {
        // Half of the window must be free: pausing and resuming with each message would cost more than it gives.
        if (!paused || socket.closed() || lanes.outstanding() > most() / 2) {
            return;
        }
        paused = false;
        goOn();
    }

    /** Leaves everything that comes waiting until this is done. */
    void hold(Future<?> until) {
        held = true;
        socket.carrier().pause();
        until.onComplete(done -> {
            held = false;
            goOn();
        });
    }

    private void goOn() {
        while (!paused && !held && waiting != null && !socket.closed()) {
            String message = waiting.poll();
            if (message == null) {
                waiting = null;
            } else {
                waitingLength -= message.length();
                socket.process(message);
            }
        }
        if (!paused && !held && !socket.closed()) {
            socket.carrier().resume();
        }
    }

    /** Drops what waits. */
    void forget() {
        waiting = null;
    }
}
