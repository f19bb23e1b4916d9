package dev.switchboard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.gateway.proxy.SocketGateway.Settings;
import dev.switchboard.gateway.route.Access;
import dev.switchboard.gateway.upstream.Address;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Handshakes that do not come to a WebSocket. */
class SocketFaultsTest {
    private SocketGateway gateway;

    private SocketGateway start(Settings settings) throws Exception {
        gateway = new SocketGateway(settings);
        return gateway;
    }

    @AfterEach
    void nothingIsHeld() throws Exception {
        try {
            await().until(() -> gateway.held() == 0);
        } finally {
            gateway.close();
        }
    }

    private static void answered(SocketWire client, int status, String code) throws IOException {
        SocketWire.Head answer = client.head();
        assertThat(answer.status()).isEqualTo(status);
        assertThat(client.body(answer)).isEqualTo(code);
    }

    /** What became of all attempts at the service: it may be known a moment after the client's answer. */
    private void attempts(String... outcomes) {
        await().untilAsserted(() -> assertThat(gateway.upstream.outcomes).containsExactly(outcomes));
    }

    @Test
    void aServiceThatRefusesTheConnectionIsUnreachable() throws Exception {
        start(Settings.USUAL);
        gateway.service.close();
        try (SocketWire client = gateway.client()) {
            answered(client.upgrade("/ws"), 503, "upstream_unreachable");
            answered(client.upgrade("/ws"), 503, "upstream_unreachable");
        }
        attempts("UNREACHABLE", "UNREACHABLE");
    }

    @Test
    void theNextAddressIsTriedAsLongAsNothingWasSent() throws Exception {
        try (Socket deaf = new Socket()) {
            // Taken, and nobody listens.
            deaf.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            start(Settings.USUAL.before(new Address("127.0.0.1", deaf.getLocalPort(), false)));
            try (SocketGateway.Pair pair = gateway.open("/ws")) {
                pair.client().frame(SocketWire.TEXT, "x");
                assertThat(pair.service().next().text()).isEqualTo("x");
            }
            assertThat(gateway.upstream.answering).isEqualTo(List.of(101));
            attempts("UNREACHABLE", "101");
            gateway.upstream.retries = false;
            try (SocketWire client = gateway.client()) {
                answered(client.upgrade("/ws"), 503, "upstream_unreachable");
            }
        }
    }

    @Test
    void aServiceThatDoesNotAnswerIsTooSlow() throws Exception {
        start(Settings.USUAL.timeout(Duration.ofSeconds(1)));
        try (SocketWire client = gateway.client().upgrade("/ws");
                SocketWire service = gateway.accepted()) {
            service.head();
            answered(client, 504, "timeout");
            assertThat(service.ended()).isTrue();
        }
        attempts("TIMEOUT");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9.2||",
                "HTTP/1.1 101 Switching Protocols|Connection: Upgrade|Upgrade: websocket||",
                "HTTP/1.1 101 X|Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Accept: bm90IHRoZSByaWdodA==||",
                "HTTP/1.1 101 X|Connection: Upgrade|Upgrade: h2c|Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=||",
                "HTTP/1.1 101 X|Upgrade: websocket|Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=||",
                ""
            })
    void anAnswerThatIsNoneIsABadGateway(String answer) throws Exception {
        start(Settings.USUAL);
        try (SocketWire client = gateway.client().upgrade("/ws")) {
            try (SocketWire service = gateway.accepted()) {
                service.head();
                service.bytes(answer.replace("|", "\r\n").getBytes(StandardCharsets.US_ASCII));
            }
            answered(client, 502, "bad_gateway");
        }
        attempts("BROKEN");
    }

    @Test
    void aRefusalThatBreaksOffIsCutOff() throws Exception {
        start(Settings.USUAL);
        try (SocketWire client = gateway.client().upgrade("/ws")) {
            try (SocketWire service = gateway.accepted()) {
                service.head();
                service.send("HTTP/1.1 403 Forbidden", "Content-Length: 100");
                service.bytes(new byte[50]);
                assertThat(client.head().status()).isEqualTo(403);
            }
            assertThat(client.rest()).hasSizeLessThanOrEqualTo(50);
        }
    }

    @Test
    void aRefusalOfAnyLengthPassesAtTheClientsPace() throws Exception {
        start(Settings.USUAL);
        int length = 20 << 20;
        try (SocketWire client = gateway.client().upgrade("/ws");
                SocketWire service = gateway.accepted()) {
            service.head();
            service.send("HTTP/1.1 200 OK", "Content-Length: " + length);
            var writer = new Thread(() -> {
                try {
                    service.bytes(new byte[length]);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            writer.start();
            assertThat(client.head().status()).isEqualTo(200);
            assertThat(client.read(length)).hasSize(length);
            writer.join();
        }
    }

    @Test
    void moreSocketsThanTheServiceTakesAreRefused() throws Exception {
        start(Settings.USUAL.maxSockets(2));
        try (SocketGateway.Pair first = gateway.open("/ws");
                SocketWire refused = gateway.client()) {
            try (SocketGateway.Pair second = gateway.open("/ws")) {
                answered(refused.upgrade("/ws"), 503, "unavailable");
                second.client().frame(SocketWire.TEXT, "still there");
                assertThat(second.service().next().text()).isEqualTo("still there");
            }
            await().until(() -> gateway.upstream.open() == 1);
            refused.upgrade("/ws");
            try (SocketWire service = gateway.accepted()) {
                service.head();
                service.accept();
                assertThat(refused.head().status()).isEqualTo(101);
            }
            first.client().frame(SocketWire.TEXT, "too");
            assertThat(first.service().next().text()).isEqualTo("too");
        }
    }

    @Test
    void aClientThatGoesFreesTheServiceAtOnce() throws Exception {
        start(Settings.USUAL);
        for (int i = 0; i < 50; i++) {
            SocketWire client = gateway.client().upgrade("/ws");
            try (SocketWire service = gateway.accepted()) {
                service.head();
                client.close();
                assertThat(service.ended()).isTrue();
            }
        }
        attempts(Collections.nCopies(50, "cancelled").toArray(String[]::new));
    }

    @Test
    void aForeignPageIsRefused() throws Exception {
        start(Settings.USUAL);
        gateway.identity = SocketGateway.user();
        try (SocketWire client = gateway.client()) {
            answered(client.upgrade("/ws", "Origin: https://evil.example.org"), 403, "forbidden");
            answered(client.upgrade("/ws", "Origin: null"), 403, "forbidden");
            answered(client.upgrade("/ws", "Origin: http://gateway.example.org.evil"), 403, "forbidden");
        }
        assertThat(gateway.upstream.outcomes).isEmpty();
        gateway.open("/ws", "Origin: " + SocketGateway.PAGE).close();
        gateway.open("/ws", "Origin: https://gateway.example.org").close();
    }

    @Test
    void whereAnyPageMayAskACookieProvesNothing() throws Exception {
        start(Settings.USUAL);
        gateway.identity = SocketGateway.user();
        gateway.origins = List.of("*");
        String origin = "Origin: https://elsewhere.example.org";
        try (SocketWire client = gateway.client()) {
            answered(client.upgrade("/ws", origin, "Cookie: session=x"), 403, "forbidden");
        }
        gateway.open("/ws", origin, "Authorization: Bearer x").close();
        gateway.open("/ws", "Cookie: session=x").close();
        gateway.access = new Access.Public();
        try (SocketWire client = gateway.client().upgrade("/ws", origin, "Cookie: session=x");
                SocketWire service = gateway.accepted()) {
            assertThat(service.head().all("X-User-Id")).isEmpty();
            service.accept();
            assertThat(client.head().status()).isEqualTo(101);
        }
    }

    @Test
    void whatIsNoProperHandshakeGoesNowhere() throws Exception {
        start(Settings.USUAL);
        try (SocketWire client = gateway.client()) {
            answered(client.upgrade("/ws", "Sec-WebSocket-Key: " + SocketWire.KEY), 400, "bad_request");
            client.send("GET /ws HTTP/1.1", "Host: a", "Connection: upgrade", "Upgrade: websocket");
            answered(client, 400, "bad_request");
            client.upgrade("/ws", "Content-Length: 4");
            client.bytes("body".getBytes(StandardCharsets.US_ASCII));
            answered(client, 400, "bad_request");
        }
        assertThat(gateway.upstream.outcomes).isEmpty();
    }

    @Test
    void otherUpgradesAreIgnored() throws Exception {
        start(Settings.USUAL);
        String[][] requests = {
            {"GET /a HTTP/1.1", "Host: a", "Connection: Upgrade", "Upgrade: h2c"},
            {"GET /b HTTP/1.1", "Host: a", "Connection: Upgrade", "Upgrade: websockets"},
            {"GET /c HTTP/1.1", "Host: a", "Connection: Upgraded", "Upgrade: websocket"},
            {"GET /d HTTP/1.1", "Host: a", "Upgrade: websocket"},
            {"POST /e HTTP/1.1", "Host: a", "Content-Length: 0", "Connection: Upgrade", "Upgrade: websocket"},
            {"GET /f HTTP/1.0", "Host: a", "Connection: Upgrade", "Upgrade: websocket"}
        };
        for (String[] request : requests) {
            try (SocketWire client = gateway.client()) {
                client.send(request);
                assertThat(client.head().status()).isEqualTo(200);
            }
        }
        assertThat(gateway.plain).isEqualTo(List.of("GET /a", "GET /b", "GET /c", "GET /d", "POST /e", "GET /f"));
        assertThat(gateway.upstream.outcomes).isEmpty();
    }

    /** What a service takes for an ordinary request must not become a tunnel past the gateway. */
    @Test
    void aRequestBehindARefusedUpgradeIsTheGatewaysToAnswer() throws Exception {
        start(Settings.USUAL);
        try (SocketWire client = gateway.client().upgrade("/ws")) {
            client.send("GET /admin HTTP/1.1", "Host: a", "X-User-Id: forged");
            try (SocketWire service = gateway.accepted()) {
                service.head();
                service.send("HTTP/1.1 200 OK", "Content-Length: 0");
                assertThat(client.head().status()).isEqualTo(200);
                assertThat(service.ended()).as("nothing more came").isTrue();
            }
            SocketWire.Head answer = client.head();
            assertThat(client.body(answer)).isEqualTo("plain");
        }
        assertThat(gateway.plain).isEqualTo(List.of("GET /admin"));
    }

    @Test
    void aRequestBehindAnUpgradeIsNeverCarriedOut() throws Exception {
        start(Settings.USUAL);
        try (SocketWire client = gateway.client().upgrade("/ws")) {
            client.send("GET /admin HTTP/1.1", "Host: a", "X-User-Id: forged");
            try (SocketWire service = gateway.accepted()) {
                service.head();
                service.accept();
                service.frame(SocketWire.TEXT, "hello");
                assertThat(client.head().status()).isEqualTo(101);
                assertThat(client.next().text()).isEqualTo("hello");
                client.frame(SocketWire.TEXT, "hello yourself");
                assertThat(service.next().text()).isEqualTo("hello yourself");
            }
        }
        assertThat(gateway.plain).isEmpty();
    }

    @Test
    void hundredsAtOnceAllEndWell() throws Exception {
        start(Settings.USUAL.maxSockets(1_000));
        List<SocketGateway.Pair> pairs = IntStream.range(0, 200)
                .mapToObj(i -> {
                    try {
                        return gateway.open("/ws");
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                })
                .toList();
        assertThat(gateway.upstream.open()).isEqualTo(200);
        for (SocketGateway.Pair pair : pairs) {
            pair.client().frame(SocketWire.TEXT, "x");
            assertThat(pair.service().next().text()).isEqualTo("x");
            pair.close();
        }
    }
}
