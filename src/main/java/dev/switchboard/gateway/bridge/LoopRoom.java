package dev.switchboard.gateway.bridge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The sockets of one event loop that follow one room, and the frames that wait for them.
 *
 * <p>Frames are gathered: when writing to all sockets took long, the next round waits for twice that time, and what
 * arrives meanwhile goes out as one write to each socket. So the fan-out takes at most about a third of the loop, and an
 * unloaded room never waits.
 */
final class LoopRoom {
    private static final long LONGEST_WAIT_NANOS = 40_000_000;
    private static final long SHORTEST_WAIT_NANOS = 1_000_000;
    private static final int MAX_GATHERED_BYTES = 256 * 1024;

    private final Vertx vertx;
    private final BridgeMeters meters;
    private final Map<Connection.Form, Set<Connection>> sockets = new EnumMap<>(Connection.Form.class);
    private final List<EventFrame> gathered = new ArrayList<>();
    private int gatheredBytes;
    private long position;
    private long nextRound = System.nanoTime();
    private boolean scheduled;

    LoopRoom(Vertx vertx, BridgeMeters meters) {
        this.vertx = vertx;
        this.meters = meters;
    }

    boolean isEmpty() {
        return sockets.isEmpty();
    }

    /** The number of the last event delivered. */
    long position() {
        return position;
    }

    /** @param at the number of the last event that the socket has; what was gathered up to it is not for it */
    void add(Connection socket, long at) {
        flush();
        position = Math.max(position, at);
        sockets.computeIfAbsent(socket.form(), f -> new LinkedHashSet<>()).add(socket);
    }

    /** @return whether it was here; it has everything up to {@link #position()} then */
    boolean remove(Connection socket) {
        Set<Connection> set = sockets.get(socket.form());
        if (set == null || !set.contains(socket)) {
            return false;
        }
        flush();
        set.remove(socket);
        if (set.isEmpty()) {
            sockets.remove(socket.form());
        }
        return true;
    }

    void deliver(long lastSeq, List<EventFrame> frames) {
        position = Math.max(position, lastSeq);
        gathered.addAll(frames);
        frames.forEach(frame -> gatheredBytes += frame.message().length);
        long wait = nextRound - System.nanoTime();
        if (wait < SHORTEST_WAIT_NANOS || gatheredBytes > MAX_GATHERED_BYTES) {
            flush();
        } else if (!scheduled) {
            scheduled = true;
            vertx.setTimer(Math.max(1, wait / 1_000_000), t -> {
                scheduled = false;
                flush();
            });
        }
    }

    private void flush() {
        if (gathered.isEmpty()) {
            return;
        }
        List<EventFrame> frames = List.copyOf(gathered);
        gathered.clear();
        int bytes = gatheredBytes;
        gatheredBytes = 0;
        long start = System.nanoTime();
        // A slow socket closes and removes itself while it is written to: walk a copy.
        sockets.forEach((form, set) -> {
            meters.delivered((long) frames.size() * set.size());
            write(form, new ArrayList<>(set), frames, bytes);
        });
        long end = System.nanoTime();
        nextRound = end + Math.min(2 * (end - start), LONGEST_WAIT_NANOS);
    }

    private static void write(Connection.Form form, List<Connection> targets, List<EventFrame> frames, int bytes) {
        if (form == Connection.Form.FALLBACK) {
            targets.forEach(socket -> frames.forEach(frame -> socket.send(frame.message())));
            return;
        }
        ByteBuf shared = PooledByteBufAllocator.DEFAULT.directBuffer(bytes + 16 * frames.size());
        try {
            frames.forEach(frame -> frame.write(shared, form));
            for (Connection socket : targets) {
                socket.sendFrames(shared);
            }
        } finally {
            shared.release();
        }
    }
}
