package dev.switchboard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.gateway.bridge.CloseCode;
import dev.switchboard.gateway.proxy.SocketGateway.Pair;
import dev.switchboard.gateway.proxy.SocketGateway.Settings;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a socket ends, and how both ends learn of it. */
class SocketLifeTest {
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

    /** Both ends get a Close frame with the code, answer it, and are closed. */
    private static void closedInOrder(Pair pair, CloseCode code) throws IOException {
        SocketWire.Frame toClient = pair.client().next();
        assertThat(toClient.first()).isEqualTo(0x80 | SocketWire.CLOSE);
        assertThat(toClient.masked()).isFalse();
        assertThat(toClient.closeCode()).isEqualTo(code.code());
        assertThat(toClient.closeReason()).isEqualTo(code.reason());
        SocketWire.Frame toService = pair.service().next();
        assertThat(toService.first()).isEqualTo(0x80 | SocketWire.CLOSE);
        assertThat(toService.masked()).isTrue();
        assertThat(toService.closeCode()).isEqualTo(code.code());
        assertThat(toService.closeReason()).isEqualTo(code.reason());
        pair.client().close(code.code(), "");
        assertThat(pair.client().ended()).isTrue();
        pair.service().close(code.code(), "");
        assertThat(pair.service().ended()).isTrue();
    }

    @Test
    void silenceEndsASocketAndAPingIsNone() throws Exception {
        Duration idle = Duration.ofSeconds(2);
        start(Settings.USUAL.idle(idle));
        try (Pair silent = gateway.open("/ws");
                Pair pinged = gateway.open("/ws")) {
            long start = System.nanoTime();
            while (silent.client().socket.getInputStream().available() == 0) {
                pinged.service().frame(SocketWire.PING, "");
                assertThat(pinged.client().next().opcode()).isEqualTo(SocketWire.PING);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(idle.minusMillis(100), idle.multipliedBy(10));
            closedInOrder(silent, CloseCode.PING_TIMEOUT);
            closedInOrder(pinged, CloseCode.PING_TIMEOUT);
        }
    }

    @Test
    void aSocketOutlivesItsTokenByTheGrace() throws Exception {
        Duration grace = Duration.ofSeconds(1);
        start(Settings.USUAL.grace(grace));
        Instant expiry = Instant.now().plusSeconds(1);
        gateway.identity = SocketGateway.user(UUID.randomUUID(), expiry);
        try (Pair pair = gateway.open("/ws")) {
            gateway.identity = null;
            try (Pair anonymous = gateway.open("/ws")) {
                closedInOrder(pair, CloseCode.SESSION_EXPIRED);
                // Counted in whole milliseconds, of two clocks.
                assertThat(Instant.now()).isAfter(expiry.plus(grace).minusMillis(10));
                anonymous.client().frame(SocketWire.TEXT, "still there");
                assertThat(anonymous.service().next().text()).isEqualTo("still there");
            }
        }
    }

    @Test
    void aRevokedSessionEndsItsSocketsAlone() throws Exception {
        start(Settings.USUAL);
        UUID session = UUID.randomUUID();
        Instant expiry = Instant.now().plusSeconds(3600);
        gateway.identity = SocketGateway.user(session, expiry);
        try (Pair one = gateway.open("/a");
                Pair two = gateway.open("/b")) {
            gateway.identity = SocketGateway.user();
            try (Pair other = gateway.open("/a")) {
                gateway.revocations.revoke(session);
                closedInOrder(one, CloseCode.SESSION_REVOKED);
                closedInOrder(two, CloseCode.SESSION_REVOKED);
                other.client().frame(SocketWire.TEXT, "still there");
                assertThat(other.service().next().text()).isEqualTo("still there");
            }
        }
    }

    @Test
    void aTokenWithoutASessionOpensASocketToo() throws Exception {
        start(Settings.USUAL);
        gateway.identity = SocketGateway.user(null, Instant.now().plusSeconds(3600));
        try (Pair pair = gateway.open("/ws")) {
            gateway.revocations.revoke(UUID.randomUUID());
            pair.client().frame(SocketWire.TEXT, "hello");
            assertThat(pair.service().next().text()).isEqualTo("hello");
        }
    }

    @Test
    void aSessionThatIsRevokedDuringTheHandshakeGetsNoSocket() throws Exception {
        start(Settings.USUAL);
        UUID session = UUID.randomUUID();
        gateway.identity = SocketGateway.user(session, Instant.now().plusSeconds(3600));
        try (SocketWire client = gateway.client().upgrade("/ws");
                SocketWire service = gateway.accepted()) {
            service.head();
            gateway.revocations.revoke(session);
            SocketWire.Head answer = client.head();
            assertThat(answer.status()).isEqualTo(401);
            assertThat(client.body(answer)).isEqualTo("session_revoked");
            assertThat(service.ended()).isTrue();
        }
    }

    @Test
    void socketsGoWithTheirRoute() throws Exception {
        start(Settings.USUAL);
        try (Pair gone = gateway.open("/gone");
                Pair stays = gateway.open("/stays");
                SocketWire opening = gateway.client().upgrade("/gone");
                SocketWire asked = gateway.accepted()) {
            asked.head();
            gateway.forwarder.closeWhere(socket -> socket.route().path().text().equals("/gone"));
            closedInOrder(gone, CloseCode.GOING_AWAY);
            assertThat(opening.head().status()).isEqualTo(503);
            assertThat(asked.ended()).isTrue();
            stays.client().frame(SocketWire.TEXT, "still there");
            assertThat(stays.service().next().text()).isEqualTo("still there");
        }
    }

    @Test
    void aNodeThatStopsSendsItsSocketsAwayOneByOne() throws Exception {
        start(Settings.USUAL);
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            pairs.add(gateway.open("/ws"));
        }
        try (SocketWire late = gateway.client()) {
            Duration within = Duration.ofSeconds(3);
            gateway.onLoop(() -> {
                gateway.forwarder.drain(within);
                return true;
            });
            SocketWire.Head refused = late.upgrade("/ws").head();
            assertThat(refused.status()).isEqualTo(503);
            List<Long> steps = new ArrayList<>();
            await().pollInterval(Duration.ofMillis(10)).until(() -> {
                steps.add(told(pairs));
                return steps.get(steps.size() - 1) == pairs.size();
            });
            assertThat(steps).as("some before others").anyMatch(told -> told > 0 && told < pairs.size());
            for (Pair pair : pairs) {
                closedInOrder(pair, CloseCode.NODE_DRAINING);
                pair.close();
            }
        }
    }

    /** To how many clients something was said. */
    private static long told(List<Pair> pairs) throws IOException {
        long told = 0;
        for (Pair pair : pairs) {
            told += pair.client().socket.getInputStream().available() > 0 ? 1 : 0;
        }
        return told;
    }

    @Test
    void aSocketWhoseHandshakeEndsDuringTheDrainLeavesToo() throws Exception {
        start(Settings.USUAL);
        try (SocketWire client = gateway.client().upgrade("/ws");
                SocketWire service = gateway.accepted()) {
            service.head();
            gateway.onLoop(() -> {
                gateway.forwarder.drain(Duration.ofMillis(300));
                return true;
            });
            service.accept();
            assertThat(client.head().status()).isEqualTo(101);
            closedInOrder(new Pair(client, service), CloseCode.NODE_DRAINING);
        }
    }

    @Test
    void theServersOwnShutdownSendsSocketsAwayToo() throws Exception {
        start(Settings.USUAL);
        try (Pair pair = gateway.open("/ws")) {
            var shutdown = gateway.server.shutdown(2, TimeUnit.SECONDS);
            closedInOrder(pair, CloseCode.NODE_DRAINING);
            shutdown.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void aFrameThatIsUnderWayIsFinishedFirst() throws Exception {
        start(Settings.USUAL);
        try (Pair pair = gateway.open("/ws")) {
            byte[] frame = pair.service().frame(0x80 | SocketWire.BINARY, new byte[1_000]);
            byte[] own = pair.client().frame(0x80 | SocketWire.BINARY, new byte[500]);
            pair.service().bytes(Arrays.copyOf(frame, 300));
            pair.client().read(300);
            pair.client().bytes(Arrays.copyOf(own, 3));
            pair.service().read(3);
            gateway.forwarder.closeWhere(socket -> true);
            // In its own order: the frame goes on only after the end was decided.
            gateway.onLoop(() -> true);
            byte[] more = pair.service().frame(0x80 | SocketWire.TEXT, new byte[10]);
            pair.service().bytes(Arrays.copyOfRange(frame, 300, frame.length));
            pair.service().bytes(more);
            pair.client().bytes(Arrays.copyOfRange(own, 3, own.length));
            assertThat(pair.client().read(frame.length - 300)).isEqualTo(new byte[frame.length - 300]);
            pair.service().read(own.length - 3);
            closedInOrder(pair, CloseCode.GOING_AWAY);
        }
    }

    /** Whatever the moment, and however the frames are cut up on their way. */
    @Test
    void theEndComesBetweenTwoFrames() throws Exception {
        start(Settings.USUAL);
        var random = new Random(7);
        for (int round = 0; round < 25; round++) {
            try (Pair pair = gateway.open("/ws")) {
                var talking = CompletableFuture.runAsync(() -> talk(pair.service(), new Random(11)));
                int until = random.nextInt(60);
                for (int i = 0; i < until; i++) {
                    pair.client().next();
                }
                gateway.forwarder.closeWhere(socket -> true);
                SocketWire.Frame frame = pair.client().next();
                while (frame.opcode() != SocketWire.CLOSE) {
                    assertThat(frame.first()).isEqualTo(0x80 | SocketWire.BINARY);
                    assertThat(frame.payload()).containsOnly(frame.payload().length);
                    frame = pair.client().next();
                }
                assertThat(frame.closeCode()).isEqualTo(CloseCode.GOING_AWAY.code());
                pair.client().close(1001, "");
                assertThat(pair.client().ended()).isTrue();
                talking.get(30, TimeUnit.SECONDS);
            }
        }
    }

    /** Sends frames of which each byte is the length, in pieces, until it is closed. */
    private static void talk(SocketWire from, Random random) {
        try {
            while (true) {
                byte[] payload = new byte[1 + random.nextInt(120)];
                Arrays.fill(payload, (byte) payload.length);
                byte[] frame = from.frame(0x80 | SocketWire.BINARY, payload);
                int cut = random.nextInt(frame.length);
                from.bytes(Arrays.copyOf(frame, cut));
                from.bytes(Arrays.copyOfRange(frame, cut, frame.length));
            }
        } catch (IOException e) {
            // The gateway has closed it.
            assertThat(e).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void aFrameThatNeverEndsIsCutOff() throws Exception {
        start(Settings.USUAL);
        try (Pair pair = gateway.open("/ws")) {
            byte[] frame = pair.service().frame(0x80 | SocketWire.BINARY, new byte[1_000]);
            pair.service().bytes(Arrays.copyOf(frame, 300));
            pair.client().read(300);
            gateway.forwarder.closeWhere(socket -> true);
            assertThat(pair.service().next().closeCode()).isEqualTo(CloseCode.GOING_AWAY.code());
            assertThat(pair.client().ended())
                    .as("cut off without a Close frame")
                    .isTrue();
            assertThat(pair.service().ended()).isTrue();
        }
    }

    @Test
    void whoDoesNotAnswerTheCloseFrameIsCutOff() throws Exception {
        start(Settings.USUAL);
        try (Pair pair = gateway.open("/ws")) {
            gateway.forwarder.closeWhere(socket -> true);
            assertThat(pair.client().next().opcode()).isEqualTo(SocketWire.CLOSE);
            assertThat(pair.service().next().opcode()).isEqualTo(SocketWire.CLOSE);
            assertThat(pair.client().ended()).isTrue();
            assertThat(pair.service().ended()).isTrue();
        }
    }

    @Test
    void whoHasSaidGoodbyeIsToldNothingMore() throws Exception {
        start(Settings.USUAL);
        try (Pair pair = gateway.open("/ws")) {
            pair.service().close(1000, "bye");
            assertThat(pair.client().next().closeReason()).isEqualTo("bye");
            gateway.forwarder.closeWhere(socket -> true);
            pair.client().close(1000, "");
            assertThat(pair.service().next().opcode()).isEqualTo(SocketWire.CLOSE);
            assertThat(pair.client().ended()).as("one Close frame, not two").isTrue();
        }
    }
}
