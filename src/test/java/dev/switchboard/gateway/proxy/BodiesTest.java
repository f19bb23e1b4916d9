package dev.switchboard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.gateway.proxy.ProxyServer.Setup;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies: how they are framed, that they stream, that nobody is sent more than it reads. */
class BodiesTest extends ProxyTest {
    private static final int FAR_TOO_MUCH = 64 << 20;
    /** Buffers of the system and of both connections; what a proxy holds that does not stream is more. */
    private static final int MAY_BE_UNDER_WAY = 24 << 20;

    private final LinkedBlockingQueue<String> seen = new LinkedBlockingQueue<>();

    private String next() throws InterruptedException {
        return seen.poll(60, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @CsvSource({
        "'Content-Length: 5\r\n\r\nhello', 'content-length: 5', 'hello'",
        "'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n', 'transfer-encoding: chunked', '5\r\nhello\r\n0\r\n\r\n'",
        "'Content-Length: 0\r\n\r\n', 'content-length: 0', ''",
        "'\r\n', 'content-length: 0', ''"
    })
    void aBodyIsFramedAsItCame(String sent, String header, String body) throws Exception {
        var service = service(peer -> {
            seen.add(peer.head());
            seen.add(peer.read(body.length()));
            peer.write(OK);
        });
        RawService.Peer client = proxy(service).connect();
        client.write("POST / HTTP/1.1\r\nHost: a\r\n" + sent);

        assertThat(client.readUntil("ok")).startsWith("HTTP/1.1 200 ");
        assertThat(next()).containsIgnoringCase("\r\n" + header + "\r\n");
        assertThat(next()).isEqualTo(body);
    }

    @Test
    void theServiceReadsWhileTheClientWrites() throws Exception {
        var service = service(peer -> {
            peer.head();
            seen.add(peer.readUntil("one"));
            seen.add(peer.readUntil("two"));
            peer.readUntil("0\r\n\r\n");
            peer.write(OK);
        });
        RawService.Peer client = proxy(service).connect();
        client.write("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
        assertThat(next()).endsWith("one");
        client.write("3\r\ntwo\r\n0\r\n\r\n");
        assertThat(next()).endsWith("two");
        assertThat(client.readUntil("ok")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void eachPieceOfAnEventStreamPassesAtOnceAndAsItIs() throws Exception {
        var go = new CountDownLatch(1);
        var end = new CountDownLatch(1);
        var service = service(peer -> {
            peer.head();
            peer.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
            await(go);
            peer.write("9\r\ndata: 1\n\n\r\n");
            await(end);
            peer.write("0\r\n\r\n");
        });
        RawService.Peer client = proxy(service).connect();
        client.write("GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n");

        assertThat(client.head())
                .containsIgnoringCase("text/event-stream")
                .doesNotContainIgnoringCase("content-encoding");
        go.countDown();
        assertThat(client.readUntil("\n\n\r\n")).endsWith("data: 1\n\n\r\n");
        end.countDown();
        assertThat(client.readUntil("0\r\n\r\n")).endsWith("0\r\n\r\n");
    }

    @Test
    void theHeadDoesNotWaitForTheBody() throws Exception {
        var go = new CountDownLatch(1);
        var service = service(peer -> {
            peer.head();
            peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            await(go);
            peer.write("2\r\nok\r\n0\r\n\r\n");
        });
        RawService.Peer client = proxy(service).connect();
        client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(client.head()).startsWith("HTTP/1.1 200 ");
        go.countDown();
        assertThat(client.readUntil("0\r\n\r\n")).contains("ok");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/event-stream", "text/plain"})
    void anAnswerThatEndsWithItsConnectionPasses(String type) throws Exception {
        var service = service(peer -> {
            peer.head();
            peer.write("HTTP/1.0 200 OK\r\nContent-Type: " + type + "\r\n\r\nhello");
        });
        ProxyServer proxy = proxy(service);

        assertThat(proxy.exchange(get("/"))).startsWith("HTTP/1.1 200 ").endsWith("5\r\nhello\r\n0\r\n\r\n");
        assertThat(proxy.exchange("GET / HTTP/1.0\r\nHost: a\r\n\r\n"))
                .startsWith("HTTP/1.0 200 ")
                .endsWith("\r\n\r\nhello");
        proxy.upstream.ended("answered 200", "answered 200");
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aServiceIsReadNoFasterThanItsClientReads() throws Exception {
        var written = new AtomicLong();
        String piece = "x".repeat(1 << 16);
        var service = service(peer -> {
            peer.head();
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: " + FAR_TOO_MUCH + "\r\n\r\n");
            while (written.get() < FAR_TOO_MUCH) {
                peer.write(piece);
                written.addAndGet(piece.length());
            }
        });
        RawService.Peer client = proxy(service).connect();
        client.write(get("/"));

        assertThat(restingPoint(written)).isPositive().isLessThan(MAY_BE_UNDER_WAY);
        client.head();
        assertThat(client.socket.getInputStream().readNBytes(FAR_TOO_MUCH)).hasSize(FAR_TOO_MUCH);
    }

    @Test
    void whoLeavesAnAnswerUnreadIsCutOffAndTheServiceIsNotToBlame() throws Exception {
        var service = service(peer -> {
            peer.head();
            peer.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
            try {
                for (int i = 0; i < FAR_TOO_MUCH >> 16; i++) {
                    peer.write("x".repeat(1 << 16));
                }
                seen.add("all taken");
            } catch (java.io.IOException e) {
                seen.add("closed");
            }
        });
        ProxyServer proxy = proxy(Setup.USUAL.stall(Duration.ofMillis(500)), service);
        RawService.Peer client = proxy.connect();
        client.write(get("/"));

        assertThat(next()).isEqualTo("closed");
        proxy.upstream.ended("cancelled");
    }

    @Test
    void aClientIsReadNoFasterThanTheServiceReads() throws Exception {
        var go = new CountDownLatch(1);
        var service = service(peer -> {
            peer.head();
            await(go);
            seen.add("" + peer.read(FAR_TOO_MUCH).length());
            peer.write(OK);
        });
        RawService.Peer client =
                proxy(Setup.USUAL.maxBody(FAR_TOO_MUCH), service).connect();
        var written = new AtomicLong();
        byte[] piece = new byte[1 << 16];
        client.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + FAR_TOO_MUCH + "\r\n\r\n");
        Thread writer = new Thread(() -> {
            try {
                while (written.get() < FAR_TOO_MUCH) {
                    client.socket.getOutputStream().write(piece);
                    written.addAndGet(piece.length);
                }
            } catch (java.io.IOException e) {
                seen.add(e.toString());
            }
        });
        writer.start();

        assertThat(restingPoint(written)).isPositive().isLessThan(MAY_BE_UNDER_WAY);
        go.countDown();
        assertThat(next()).isEqualTo("" + FAR_TOO_MUCH);
        assertThat(client.readUntil("ok")).startsWith("HTTP/1.1 200 ");
        writer.join();
    }

    /** The value that does not change any more. */
    private static long restingPoint(AtomicLong value) {
        return Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(300))
                .until(
                        new java.util.concurrent.Callable<Long>() {
                            private long before = -1;

                            @Override
                            public Long call() {
                                long now = value.get();
                                boolean rests = now == before && now > 0;
                                before = now;
                                return rests ? now : null;
                            }
                        },
                        java.util.Objects::nonNull);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 11\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\nb\r\nhello world\r\n",
                "Transfer-Encoding: chunked\r\n\r\n6\r\nhello \r\n5\r\nworld\r\n",
                "Content-Length: 99999999999999999999\r\n\r\n"
            })
    void aBodyThatIsTooLongIsRefused(String sent) throws Exception {
        var service = service(peer -> {
            peer.head();
            peer.readUntil("never");
        });
        ProxyServer proxy = proxy(Setup.USUAL.maxBody(10), service);
        RawService.Peer client = proxy.connect();
        client.write("POST / HTTP/1.1\r\nHost: a\r\n" + sent);

        assertThat(client.head()).matches("(?s)HTTP/1.1 4(13|00) .*");
        Awaitility.await().untilAsserted(() -> assertThat(proxy.upstream.open).hasValue(0));
        assertThat(proxy.upstream.ends).allMatch("cancelled"::equals);
    }

    @Test
    void aBodyThatGrowsTooLongOnItsWayIsCut() throws Exception {
        var closed = new CountDownLatch(1);
        var service = service(peer -> {
            seen.add(peer.readUntil("hello "));
            peer.readUntil("never");
            closed.countDown();
        });
        RawService.Peer client = proxy(Setup.USUAL.maxBody(10), service).connect();
        client.write("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello \r\n");
        assertThat(next()).endsWith("hello ");
        client.write("5\r\nworld\r\n");

        assertThat(client.head()).startsWith("HTTP/1.1 413 ");
        await(closed);
    }

    @ParameterizedTest
    @CsvSource({
        "GET,'HTTP/1.1 204 No Content\r\n\r\n'",
        "GET,'HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n'",
        "HEAD,'HTTP/1.1 200 OK\r\nContent-Length: 700\r\n\r\n'",
        "HEAD,'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'"
    })
    void answersWithoutABodyEndWithTheirHead(String method, String answer) throws Exception {
        RawService service = answering(answer);
        RawService.Peer client = proxy(service).connect();
        for (int i = 0; i < 3; i++) {
            client.write(method + " / HTTP/1.1\r\nHost: a\r\n\r\n");
            String head = client.head();
            assertThat(head).startsWith(answer.substring(0, 12)).doesNotContainIgnoringCase("transfer-encoding");
            assertThat(head.toLowerCase(java.util.Locale.ROOT).contains("content-length: 700"))
                    .isEqualTo(answer.contains("700"));
        }
        assertThat(service.peers).hasSize(1);
    }

    @Test
    void trailersPass() throws Exception {
        String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Checksum\r\n\r\n";
        String body = "2\r\nok\r\n0\r\nChecksum: 7\r\nX-Internal-A: 1\r\nContent-Length: 9\r\n\r\n";
        RawService service = answering(head + body);
        RawService.Peer client = proxy(service).connect();
        client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        String answer = client.head() + client.readUntil("\r\n\r\n");

        assertThat(answer)
                .containsIgnoringCase("trailer: checksum")
                .containsIgnoringCase("2\r\nok\r\n0\r\nchecksum: 7\r\n\r\n")
                .doesNotContainIgnoringCase("internal");
    }

    @Test
    void anOldClientReadsUntilTheEnd() throws Exception {
        RawService service =
                answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n2\r\n!!\r\n0\r\n\r\n");
        String answer = proxy(service).exchange("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");

        assertThat(answer)
                .startsWith("HTTP/1.0 200 ")
                .doesNotContainIgnoringCase("chunked")
                .endsWith("ok!!");
    }
}
