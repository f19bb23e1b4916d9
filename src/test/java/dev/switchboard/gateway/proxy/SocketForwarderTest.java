package dev.switchboard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.gateway.proxy.SocketGateway.Settings;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What passes between a client and a service, byte by byte. */
class SocketForwarderTest {
    private SocketGateway gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = new SocketGateway(Settings.USUAL);
    }

    @AfterEach
    void stop() throws Exception {
        gateway.close();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void theServiceSeesTheHandshakeAndWhoAsks() throws Exception {
        gateway.identity = SocketGateway.user();
        try (SocketWire client = gateway.client()
                .upgrade(
                        "/ws?room=a%20b",
                        "X-User-Id: forged",
                        "Keep-Alive: 5",
                        "Sec-WebSocket-Protocol: v2.chat, v1.chat",
                        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits")) {
            try (SocketWire service = gateway.accepted()) {
                SocketWire.Head asked = service.head();
                assertThat(asked.line()).isEqualTo("GET /ws?room=a%20b HTTP/1.1");
                assertThat(asked.all("Host")).isEqualTo(List.of("127.0.0.1:" + gateway.service.getLocalPort()));
                assertThat(asked.all("X-Forwarded-Host")).isEqualTo(List.of("gateway.example.org"));
                assertThat(asked.all("Connection")).isEqualTo(List.of("upgrade"));
                assertThat(asked.all("Upgrade")).isEqualTo(List.of("websocket"));
                assertThat(asked.all("Keep-Alive")).isEmpty();
                assertThat(asked.all("X-User-Id")).isEqualTo(List.of(SocketGateway.USER.toString()));
                assertThat(asked.all("Sec-WebSocket-Key")).isEqualTo(List.of(SocketWire.KEY));
                assertThat(asked.all("Sec-WebSocket-Version")).isEqualTo(List.of("13"));
                assertThat(asked.all("Sec-WebSocket-Protocol")).isEqualTo(List.of("v2.chat, v1.chat"));
                assertThat(asked.all("Sec-WebSocket-Extensions"))
                        .isEqualTo(List.of("permessage-deflate; client_max_window_bits"));
                service.accept(
                        "Sec-WebSocket-Protocol: v1.chat",
                        "Sec-WebSocket-Extensions: permessage-deflate",
                        "Set-Cookie: a=1",
                        "Set-Cookie: b=2",
                        "X-Hop: of the connection",
                        "Connection: X-Hop",
                        "X-Request-Id: of-the-service");
                SocketWire.Head answer = client.head();
                assertThat(answer.status()).isEqualTo(101);
                assertThat(answer.all("Connection")).isEqualTo(List.of("upgrade"));
                assertThat(answer.all("Upgrade")).isEqualTo(List.of("websocket"));
                assertThat(answer.all("Sec-WebSocket-Accept")).isEqualTo(List.of(SocketWire.acceptOf(SocketWire.KEY)));
                assertThat(answer.all("Sec-WebSocket-Protocol")).isEqualTo(List.of("v1.chat"));
                assertThat(answer.all("Sec-WebSocket-Extensions")).isEqualTo(List.of("permessage-deflate"));
                assertThat(answer.all("Set-Cookie")).isEqualTo(List.of("a=1", "b=2"));
                assertThat(answer.all("X-Hop")).isEmpty();
                assertThat(answer.all("X-Request-Id")).isEqualTo(List.of("of-the-gateway"));
                assertThat(answer.all("Content-Length")).isEmpty();
                assertThat(answer.all("Transfer-Encoding")).isEmpty();
            }
        }
    }

    @Test
    void framesPassAsTheyAre() throws Exception {
        try (SocketGateway.Pair pair = gateway.open("/ws")) {
            SocketWire client = pair.client();
            SocketWire service = pair.service();
            // Fragments, an empty one first, a ping between them, a reserved bit as compression sets it.
            byte[][] sent = {
                client.frame(SocketWire.TEXT, utf8("")),
                client.frame(0x80 | SocketWire.PING, utf8("still there?")),
                client.frame(SocketWire.CONTINUATION, utf8("Größe ")),
                client.frame(0x80 | SocketWire.CONTINUATION, utf8("😀")),
                client.frame(0xC0 | SocketWire.BINARY, new byte[70_000]),
                client.frame(0x80 | SocketWire.PONG, utf8("unasked"))
            };
            for (byte[] frame : sent) {
                client.bytes(frame);
                assertThat(service.read(frame.length)).isEqualTo(frame);
            }
            byte[][] answered = {
                service.frame(0x80 | SocketWire.PONG, utf8("still there?")),
                service.frame(SocketWire.BINARY, new byte[200]),
                service.frame(0x80 | SocketWire.CONTINUATION, new byte[130_000])
            };
            for (byte[] frame : answered) {
                service.bytes(frame);
                assertThat(client.read(frame.length)).isEqualTo(frame);
            }
        }
    }

    @Test
    void closeCodesPassBothWays() throws Exception {
        try (SocketGateway.Pair pair = gateway.open("/ws")) {
            pair.service().close(4321, "enough of this");
            SocketWire.Frame close = pair.client().next();
            assertThat(close.closeCode()).isEqualTo(4321);
            assertThat(close.closeReason()).isEqualTo("enough of this");
            pair.client().close(4321, "");
            assertThat(pair.service().next().closeCode()).isEqualTo(4321);
            pair.service().close();
            assertThat(pair.client().ended()).isTrue();
        }
        try (SocketGateway.Pair pair = gateway.open("/ws")) {
            pair.client().close(1000, "bye");
            assertThat(pair.service().next().closeReason()).isEqualTo("bye");
            pair.client().close();
            assertThat(pair.service().ended()).isTrue();
        }
        await().until(() -> gateway.held() == 0);
    }

    @Test
    void framesThatComeWithTheAnswerAreNotLost() throws Exception {
        try (SocketWire client = gateway.client().upgrade("/ws");
                SocketWire service = gateway.accepted()) {
            service.head();
            byte[] head = utf8("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
                    + String.join("\r\n", SocketWire.acceptHead()) + "\r\n\r\n");
            byte[] frame = service.frame(0x80 | SocketWire.TEXT, utf8("at once"));
            byte[] both = Arrays.copyOf(head, head.length + frame.length);
            System.arraycopy(frame, 0, both, head.length, frame.length);
            service.bytes(both);
            assertThat(client.head().status()).isEqualTo(101);
            assertThat(client.next().text()).isEqualTo("at once");
        }
    }

    @Test
    void refusalsPassWhole() throws Exception {
        try (SocketWire client = gateway.client().upgrade("/ws")) {
            try (SocketWire service = gateway.accepted()) {
                service.head();
                service.send(
                        "HTTP/1.1 403 Not You",
                        "Content-Type: text/plain",
                        "Content-Length: 9",
                        "WWW-Authenticate: Custom realm=x",
                        "Connection: close, X-Hop",
                        "X-Hop: 1");
                service.bytes(utf8("not today"));
                SocketWire.Head answer = client.head();
                assertThat(answer.line()).isEqualTo("HTTP/1.1 403 Not You");
                assertThat(answer.all("WWW-Authenticate")).isEqualTo(List.of("Custom realm=x"));
                assertThat(answer.all("X-Hop")).isEmpty();
                assertThat(answer.all("Connection")).isEmpty();
                assertThat(client.body(answer)).isEqualTo("not today");
                assertThat(service.ended()).as("given up by the gateway").isTrue();
            }
            // The client's connection goes on.
            client.upgrade("/ws");
            try (SocketWire service = gateway.accepted()) {
                service.head();
                service.send(
                        "HTTP/1.1 426 Upgrade Required", "Sec-WebSocket-Version: 13", "Transfer-Encoding: chunked");
                service.bytes(utf8("3\r\nold\r\n0\r\n\r\n"));
                SocketWire.Head answer = client.head();
                assertThat(answer.status()).isEqualTo(426);
                assertThat(answer.all("Sec-WebSocket-Version")).isEqualTo(List.of("13"));
                assertThat(answer.all("Upgrade")).isEqualTo(List.of("websocket"));
                assertThat(client.read("3\r\nold\r\n0\r\n\r\n".length())).isEqualTo(utf8("3\r\nold\r\n0\r\n\r\n"));
            }
        }
        await().until(() -> gateway.held() == 0);
        assertThat(gateway.upstream.outcomes).isEqualTo(List.of("403", "426"));
    }
}
