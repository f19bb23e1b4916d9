package dev.switchboard.gateway.bridge;

import dev.switchboard.bus.Delivery;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One event as clients get it: the bridge message, and the same as a WebSocket frame in each form that somebody listens
 * in. Shared by all event loops.
 */
final class EventFrame {
    private final byte[] message;
    private final Map<Connection.Form, byte[]> frames = new ConcurrentHashMap<>(2);

    /**
     * @param address what clients registered for; needs no escaping
     * @param event the JSON of the event
     */
    EventFrame(String address, byte[] event) {
        byte[] head = ("{\"type\":\"rec\",\"address\":\"" + address + "\",\"body\":").getBytes(StandardCharsets.UTF_8);
        message = new byte[head.length + event.length + 1];
        System.arraycopy(head, 0, message, 0, head.length);
        System.arraycopy(event, 0, message, head.length, event.length);
        message[message.length - 1] = '}';
    }

    /** The events of a delivery, for whoever registered for its address. */
    static List<EventFrame> of(Delivery delivery) {
        return of(delivery.address(), delivery.events());
    }

    /** Events for whoever registered for this address. */
    static List<EventFrame> of(String address, List<byte[]> events) {
        return events.stream().map(event -> new EventFrame(address, event)).toList();
    }

    /** The bridge message: JSON, UTF-8. */
    byte[] message() {
        return message;
    }

    /** A whole WebSocket frame; never changed. {@code form} is any but the fallback. */
    byte[] frame(Connection.Form form) {
        return frames.computeIfAbsent(form, f -> {
            ByteBuf out = Unpooled.buffer(BridgeFrames.frameLength(f, message));
            BridgeFrames.write(out, f, message);
            return out.array();
        });
    }
}
