package dev.switchboard.gateway.bridge;

import dev.switchboard.bus.Delivery;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One event as clients get it: the bridge message, and with it what is around it in a WebSocket frame of each form. Shared by
 * all event loops, and kept for a while by each room that is followed.
 */
final class EventFrame {
    private final byte[] message;

    /** As a SockJS frame, once somebody listens who speaks it. Two loops may both make it, the same. */
    private volatile byte @Nullable [] sockJs;

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

    /**
     * Adds a whole WebSocket frame.
     *
     * @param form any but the fallback
     */
    void write(ByteBuf out, Connection.Form form) {
        if (form == Connection.Form.SOCKJS) {
            out.writeBytes(sockJs());
        } else {
            // A header and a copy: to keep that would cost memory and save nothing.
            BridgeFrames.write(out, form, message);
        }
    }

    private byte[] sockJs() {
        byte[] known = sockJs;
        if (known == null) {
            ByteBuf out = Unpooled.buffer(BridgeFrames.frameLength(Connection.Form.SOCKJS, message));
            BridgeFrames.write(out, Connection.Form.SOCKJS, message);
            known = out.array();
            sockJs = known;
        }
        return known;
    }
}
