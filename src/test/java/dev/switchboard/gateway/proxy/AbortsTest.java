package dev.switchboard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.gateway.proxy.ProxyServer.Setup;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.hamcrest.Matchers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that go away at any moment: the service is told, and its connections are free again. */
class AbortsTest extends ProxyTest {
    private static final int POOL = 2;
    private static final int ROUNDS = 3 * POOL;

    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();

    /** The whole pool can be used: as many requests as there are connections are answered at a time. */
    private void assertWhole(ProxyServer proxy) throws Exception {
        Awaitility.await().untilAtomic(proxy.upstream.open, Matchers.is(0));
        for (int i = 0; i < ROUNDS; i++) {
            assertThat(proxy.exchange(get("/whole")))
                    .startsWith("HTTP/1.1 200 ")
                    .endsWith("ok");
        }
    }

    @Test
    void theServiceLearnsThatTheClientIsGone() throws Exception {
        var service = service(peer -> {
            if (peer.head().startsWith("GET /whole")) {
                peer.write(OK);
                return;
            }
            asked.incrementAndGet();
            if (peer.isClosed()) {
                closed.incrementAndGet();
            }
        });
        ProxyServer proxy = proxy(Setup.USUAL.connections(POOL, 10), service);
        for (int i = 1; i <= ROUNDS; i++) {
            RawService.Peer client = proxy.connect();
            client.write(get("/"));
            Awaitility.await().untilAtomic(asked, Matchers.is(i));
            client.reset();
            Awaitility.await().untilAtomic(closed, Matchers.is(i));
        }
        assertThat(proxy.upstream.ends).containsOnly("cancelled");
        assertWhole(proxy);
    }

    @Test
    void anEarlyAnswerAndAClientThatGoesMidBodyLeaveNoTrace() throws Exception {
        // Vert.x tells nobody when a connection closes after the answer and before the end of the request.
        var service = service(peer -> {
            String head = peer.head();
            peer.write(OK);
            if (!head.startsWith("GET /whole")) {
                asked.incrementAndGet();
                peer.readUntil("never");
                closed.incrementAndGet();
            }
        });
        ProxyServer proxy = proxy(Setup.USUAL.connections(POOL, 10), service);
        for (int i = 1; i <= ROUNDS; i++) {
            RawService.Peer client = proxy.connect();
            client.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf");
            assertThat(client.readUntil("ok")).startsWith("HTTP/1.1 200 ");
            client.reset();
        }
        Awaitility.await().untilAtomic(closed, Matchers.is(ROUNDS));
        assertWhole(proxy);
    }

    @ParameterizedTest
    @ValueSource(strings = {OK, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"})
    void theRestOfABodyIsNeverReadAsARequest(String answer) throws Exception {
        var service = service(peer -> {
            for (String head = peer.head(); !head.isEmpty(); head = peer.head()) {
                asked.incrementAndGet();
                assertThat(head).doesNotContain("/smuggled");
                peer.write(head.startsWith("POST") ? answer : OK);
            }
        });
        ProxyServer proxy = proxy(Setup.USUAL.connections(1, 10), service);
        String smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
        RawService.Peer client = proxy.connect();
        client.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + smuggled.length() + "\r\n\r\n");
        client.readUntil(answer.equals(OK) ? "ok" : "0\r\n\r\n");
        client.write(smuggled);
        client.write(get("/whole"));

        assertThat(client.readUntil("ok")).startsWith("HTTP/1.1 200 ");
        assertThat(asked).hasValue(2);
        assertWhole(proxy);
    }

    @Test
    void whoGoesWhileItWaitsForAConnectionGetsNone() throws Exception {
        var go = new CountDownLatch(1);
        var service = service(peer -> {
            for (String head = peer.head(); !head.isEmpty(); head = peer.head()) {
                asked.incrementAndGet();
                if (head.startsWith("GET /slow")) {
                    await(go);
                }
                peer.write(OK);
            }
        });
        ProxyServer proxy = proxy(Setup.USUAL.connections(1, 10), service);
        RawService.Peer first = proxy.connect();
        first.write("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        Awaitility.await().untilAtomic(asked, Matchers.is(1));
        for (int i = 0; i < ROUNDS; i++) {
            RawService.Peer client = proxy.connect();
            client.write(get("/late"));
            Awaitility.await().untilAtomic(proxy.upstream.open, Matchers.is(2));
            client.reset();
            Awaitility.await().untilAtomic(proxy.upstream.open, Matchers.is(1));
        }
        go.countDown();
        assertThat(first.readUntil("ok")).startsWith("HTTP/1.1 200 ");
        assertWhole(proxy);
        assertThat(asked).hasValue(1 + ROUNDS);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aMalformedChunkFreesTheConnection() throws Exception {
        var service = service(peer -> {
            if (peer.head().startsWith("GET /whole")) {
                peer.write(OK);
            } else {
                peer.readUntil("never");
            }
        });
        ProxyServer proxy = proxy(Setup.USUAL.connections(POOL, 10), service);
        for (int i = 0; i < ROUNDS; i++) {
            RawService.Peer client = proxy.connect();
            client.write("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n");
            assertThat(client.readUntil("never")).doesNotStartWith("HTTP/1.1 200");
        }
        assertWhole(proxy);
    }

    @Test
    void aClientThatGoesWhileItIsAnsweredStopsTheService() throws Exception {
        var service = service(peer -> {
            if (peer.head().startsWith("GET /whole")) {
                peer.write(OK);
                return;
            }
            peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n");
            if (peer.isClosed()) {
                closed.incrementAndGet();
            }
        });
        ProxyServer proxy = proxy(Setup.USUAL.connections(POOL, 10), service);
        for (int i = 1; i <= ROUNDS; i++) {
            RawService.Peer client = proxy.connect();
            client.write(get("/"));
            client.readUntil("hi");
            client.reset();
            Awaitility.await().untilAtomic(closed, Matchers.is(i));
        }
        assertWhole(proxy);
    }
}
