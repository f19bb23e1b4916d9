package dev.switchboard.gateway.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.bus.Json;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.UniqueElements;

/** Frames are what Netty's own client side decodes, and SockJS text is what a JSON parser reads back. */
class BridgeFramesTest {
    private static WebSocketFrame decode(ByteBuf frame) {
        var client = new EmbeddedChannel(new WebSocket13FrameDecoder(false, false, 1 << 24));
        client.writeInbound(frame);
        WebSocketFrame decoded = client.readInbound();
        assertThat(decoded).isNotNull();
        assertThat(decoded.isFinalFragment()).isTrue();
        assertThat(client.<Object>readInbound()).as("nothing after the frame").isNull();
        client.finishAndReleaseAll();
        return decoded;
    }

    private static ByteBuf frame(Connection.Form form, byte[] message) {
        ByteBuf frame = BridgeFrames.frame(UnpooledByteBufAllocator.DEFAULT, form, message);
        assertThat(frame.readableBytes()).isEqualTo(BridgeFrames.frameLength(form, message));
        return frame;
    }

    private static String textOf(WebSocketFrame frame) {
        String text = frame.content().toString(StandardCharsets.UTF_8);
        frame.release();
        return text;
    }

    @Property
    void sockJsTextReadsBackAsTheMessage(@ForAll String content) throws Exception {
        byte[] message = Json.bytes(Json.MAPPER.createObjectNode().put("text", content.replaceAll("\\p{Cs}", "")));
        WebSocketFrame decoded = decode(frame(Connection.Form.SOCKJS, message));
        assertThat(decoded).isInstanceOf(TextWebSocketFrame.class);
        String text = textOf(decoded);
        assertThat(text).startsWith("a[\"").endsWith("\"]");
        JsonNode array = Json.MAPPER.readTree(text.substring(1));
        assertThat(array).hasSize(1);
        assertThat(array.get(0).textValue()).isEqualTo(new String(message, StandardCharsets.UTF_8));
    }

    @Property
    void controlCharactersAreEscaped(@ForAll byte[] ascii) throws Exception {
        for (int i = 0; i < ascii.length; i++) {
            ascii[i] = (byte) (ascii[i] & 0x7F);
        }
        String text = textOf(decode(frame(Connection.Form.SOCKJS, ascii)));
        assertThat(Json.MAPPER.readTree(text.substring(1)).get(0).textValue())
                .isEqualTo(new String(ascii, StandardCharsets.US_ASCII));
    }

    @Property(tries = 200)
    void severalMessagesFitOneFrame(@ForAll @Size(min = 1, max = 20) @UniqueElements List<Integer> numbers)
            throws Exception {
        List<byte[]> messages = new ArrayList<>();
        numbers.forEach(n -> messages.add(("{\"n\":\"" + n + "\"}").getBytes(StandardCharsets.UTF_8)));
        ByteBuf out = Unpooled.buffer();
        BridgeFrames.writeSockJs(out, messages);
        JsonNode array = Json.MAPPER.readTree(textOf(decode(out)).substring(1));
        assertThat(array).hasSameSizeAs(numbers);
        for (int i = 0; i < numbers.size(); i++) {
            assertThat(Json.MAPPER.readTree(array.get(i).textValue()).path("n").asInt())
                    .isEqualTo(numbers.get(i));
        }
    }

    @Property(tries = 50)
    void rawFramesCarryTheMessageAsItIs(@ForAll byte[] message) {
        WebSocketFrame binary = decode(frame(Connection.Form.RAW_BINARY, message));
        assertThat(binary).isInstanceOf(BinaryWebSocketFrame.class);
        byte[] got = new byte[binary.content().readableBytes()];
        binary.content().readBytes(got);
        binary.release();
        assertThat(got).isEqualTo(message);
    }

    /** The three encodings of a length (RFC 6455 §5.2) and their edges. */
    @Example
    void everyLengthIsEncoded() {
        for (int length : new int[] {0, 1, 125, 126, 127, 65_535, 65_536, 100_000}) {
            byte[] message = "x".repeat(length).getBytes(StandardCharsets.UTF_8);
            WebSocketFrame text = decode(frame(Connection.Form.RAW_TEXT, message));
            assertThat(text).isInstanceOf(TextWebSocketFrame.class);
            assertThat(textOf(text)).hasSize(length);
        }
    }

    @Example
    void controlFramesAreWhatTheySay() {
        assertThat(textOf(decode(BridgeFrames.sockJsOpen().copy()))).isEqualTo("o");
        assertThat(textOf(decode(BridgeFrames.sockJsHeartbeat().copy()))).isEqualTo("h");
        assertThat(textOf(decode(BridgeFrames.sockJsClose(CloseCode.SLOW_CONSUMER))))
                .isEqualTo("c[4408,\"slow_consumer\"]");
        assertThat(decode(BridgeFrames.ping().copy())).isInstanceOf(PingWebSocketFrame.class);
    }

    @Example
    void sharedFramesSurviveBeingWritten() {
        ByteBuf once = BridgeFrames.sockJsHeartbeat();
        once.readBytes(once.readableBytes());
        once.release();
        assertThat(BridgeFrames.sockJsHeartbeat().readableBytes()).isEqualTo(3);
    }
}
