package dev.switchboard.gateway.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.gateway.bridge.Connection.Form;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EventFrameTest {
    private static final String EVENT = "{\"text\":\"\\\"ä\\\"\"}";
    private static final String MESSAGE = "{\"type\":\"rec\",\"address\":\"room:1\",\"body\":" + EVENT + "}";

    private final EventFrame frame = new EventFrame("room:1", EVENT.getBytes(StandardCharsets.UTF_8));

    /** What is written later, and by another loop, is the same. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "FALLBACK")
    void everyListenerOfAFormGetsTheMessageAsAFrameOfThatForm(Form form) {
        ByteBuf expected = Unpooled.buffer();
        BridgeFrames.write(expected, form, MESSAGE.getBytes(StandardCharsets.UTF_8));

        assertThat(written(form)).isEqualTo(expected);
        assertThat(written(form)).isEqualTo(expected);
    }

    private ByteBuf written(Form form) {
        ByteBuf out = Unpooled.buffer();
        frame.write(out, form);
        return out;
    }
}
