package dev.switchboard.gateway.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.switchboard.bus.Json;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever a client sends is a frame or one of the bridge's own errors. */
class ClientFrameTest {
    private static ClientFrame parse(String json) throws ClientFrame.Malformed {
        return ClientFrame.parse(json, 200);
    }

    private static void refused(String json, ClientFrame.Problem problem) {
        assertThatExceptionOfType(ClientFrame.Malformed.class)
                .as(json)
                .isThrownBy(() -> parse(json))
                .satisfies(e -> assertThat(e.problem()).isEqualTo(problem));
    }

    @Example
    void framesOfThePublishedClients() throws Exception {
        assertThat(parse("{\"type\":\"ping\"}")).isEqualTo(new ClientFrame.Ping());
        assertThat(parse("{\"type\":\"register\",\"address\":\"a\",\"headers\":{}}"))
                .isEqualTo(new ClientFrame.Register("a", null));
        assertThat(parse("{\"type\":\"unregister\",\"address\":\"a\",\"replyAddress\":\"r\"}"))
                .isEqualTo(new ClientFrame.Unregister("a", "r"));
        assertThat(parse("{\"type\":\"publish\",\"address\":\"a\",\"body\":1}"))
                .isEqualTo(new ClientFrame.Publish("a"));
        var send = (ClientFrame.Send) parse("{\"type\":\"send\",\"address\":\"a\",\"body\":{\"x\":1}}");
        assertThat(send.body().path("x").asInt()).isEqualTo(1);
        assertThat(send.replyAddress()).isNull();
        var empty = (ClientFrame.Send) parse("{\"type\":\"send\",\"address\":\"a\",\"body\":null}");
        assertThat(empty.body().isObject()).isTrue();
    }

    @Example
    void errorsHaveTheNamesOfTheVertxBridge() {
        for (String json : List.of("", "nonsense", "[]", "1", "null", "{} {}", "{\"type\":", "\"x\"", "{\"a\":NaN}")) {
            refused(json, ClientFrame.Problem.INVALID_JSON);
        }
        refused("{\"type\":null}", ClientFrame.Problem.MISSING_TYPE);
        refused("{}", ClientFrame.Problem.MISSING_TYPE);
        refused("{\"type\":7}", ClientFrame.Problem.INVALID_TYPE);
        refused("{\"type\":\"PING\"}", ClientFrame.Problem.INVALID_TYPE);
        refused("{\"type\":\"send\"}", ClientFrame.Problem.MISSING_ADDRESS);
        refused("{\"type\":\"send\",\"address\":[]}", ClientFrame.Problem.MISSING_ADDRESS);
        refused(
                "{\"type\":\"register\",\"address\":\"" + "a".repeat(201) + "\"}",
                ClientFrame.Problem.MAX_ADDRESS_LENGTH_REACHED);
        refused(
                "{\"type\":\"send\",\"address\":\"a\",\"replyAddress\":\"" + "r".repeat(37) + "\"}",
                ClientFrame.Problem.INVALID_REPLY_ADDRESS);
        refused("{\"type\":\"send\",\"address\":\"a\",\"replyAddress\":{}}", ClientFrame.Problem.INVALID_REPLY_ADDRESS);
    }

    @Example
    void deepNestingIsRefusedNotFollowed() {
        refused(
                "{\"type\":\"send\",\"address\":\"a\",\"body\":" + "[".repeat(100_000),
                ClientFrame.Problem.INVALID_JSON);
        String closed = "[".repeat(50_000) + "]".repeat(50_000);
        refused("{\"type\":\"send\",\"address\":\"a\",\"body\":" + closed + "}", ClientFrame.Problem.INVALID_JSON);
    }

    /** What cannot be written as UTF-8 would break whoever passes it on. */
    @Example
    void halfASurrogatePairIsRefusedWhereverItHides() throws Exception {
        refused("{\"type\":\"send\",\"address\":\"\\ud800\"}", ClientFrame.Problem.INVALID_JSON);
        refused(
                "{\"type\":\"send\",\"address\":\"a\",\"body\":{\"x\":[\"\\uDC00\"]}}",
                ClientFrame.Problem.INVALID_JSON);
        refused("{\"type\":\"send\",\"address\":\"a\",\"\\ud801x\":1}", ClientFrame.Problem.INVALID_JSON);
        refused("{\"type\":\"send\",\"address\":\"a\",\"body\":\"\ud800\"}", ClientFrame.Problem.INVALID_JSON);
        assertThat(parse("{\"type\":\"register\",\"address\":\"\\ud83d\\ude00\"}"))
                .isEqualTo(new ClientFrame.Register("\ud83d\ude00", null));
    }

    @Property
    void arbitraryTextIsAFrameOrAnError(@ForAll String text) {
        try {
            assertThat(parse(text)).isNotNull();
        } catch (ClientFrame.Malformed e) {
            assertThat(e.problem()).isNotNull();
        }
    }

    @Property
    void arbitraryBytesAreAMessageOrAReasonToClose(@ForAll byte[] bytes) throws Exception {
        try {
            String text = new MessageAssembler().add(Unpooled.wrappedBuffer(bytes), true, 1 << 20);
            assertThat(text).isNotNull();
            assertThat(text.getBytes(StandardCharsets.UTF_8)).isEqualTo(bytes);
        } catch (MessageAssembler.Refused e) {
            assertThat(e.code()).isEqualTo(CloseCode.NOT_UTF8);
        }
    }

    @Property
    void arbitrarySockJsFramesAreMessagesOrAnError(@ForAll String text) {
        try {
            assertThat(SockJsMessages.decode(text)).isNotNull();
        } catch (IOException e) {
            assertThat(e).isNotNull();
        }
    }

    @Property
    void almostRightFramesAreFramesOrErrors(@ForAll("almostFrames") String json) {
        try {
            ClientFrame frame = parse(json);
            // Whatever came through can be answered.
            assertThat(ServerFrames.rec("x" + frame.replyAddress(), frame.toString()))
                    .isNotEmpty();
        } catch (ClientFrame.Malformed e) {
            assertThat(e.problem()).isNotNull();
        }
    }

    @Provide
    Arbitrary<String> almostFrames() {
        Arbitrary<String> value = Arbitraries.of(
                "\"send\"",
                "\"register\"",
                "\"ping\"",
                "null",
                "1e9",
                "{}",
                "[1]",
                "\"\\ud800\"",
                "\"\\u0000\"",
                "true");
        Arbitrary<String> key = Arbitraries.of("type", "address", "replyAddress", "body", "headers");
        Arbitrary<String> field = Combinators.combine(key, value).as((k, v) -> "\"" + k + "\":" + v);
        return field.list().ofMaxSize(6).map(fields -> "{" + String.join(",", fields) + "}");
    }

    @Example
    void sockJsFrames() throws Exception {
        assertThat(SockJsMessages.decode("")).isEmpty();
        assertThat(SockJsMessages.decode("[]")).isEmpty();
        assertThat(SockJsMessages.decode("\"a\"")).containsExactly("a");
        assertThat(SockJsMessages.decode("[\"a\",\"{\\\"b\\\":1}\"]")).containsExactly("a", "{\"b\":1}");
        for (String bad : List.of("[\"a\"", "[1]", "{}", "[\"a\"]x", "[[\"a\"]]", "x", "\"a\" \"b\"")) {
            assertThatExceptionOfType(IOException.class).as(bad).isThrownBy(() -> SockJsMessages.decode(bad));
        }
    }

    @Example
    void serverErrorsCarryWhatTheClientsRead() throws Exception {
        var fault = dev.switchboard.protocol.Fault.MOVED.because("elsewhere");
        var tree = Json.MAPPER.readTree(ServerFrames.failure("r", fault));
        assertThat(tree.path("message").asText())
                .as("no word of the cluster's own")
                .isEqualTo("unavailable: elsewhere");
        assertThat(tree.path("failureCode").asInt()).isEqualTo(503);
        assertThat(tree.has("body")).isFalse();
    }
}
