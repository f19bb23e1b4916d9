package dev.switchboard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.gateway.proxy.ProxyServer.Setup;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.hamcrest.Matchers;
import org.junit.jupiter.api.Test;

/** Ten thousand clients that go away at every moment there is: afterwards all connections to the service can be used. */
class AbortsIT extends ProxyTest {
    private static final int CLIENTS = 10_000;
    private static final int AT_A_TIME = 50;
    private static final int POOL = 8;

    private final AtomicInteger turn = new AtomicInteger();

    /** What a client sends, and up to where it reads before it goes; empty for at once. */
    private record Departure(String sent, String last) {}

    private static final List<Departure> DEPARTURES = List.of(
            new Departure("GET /slow HTTP/1.1\r\nHo", ""),
            new Departure("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n", ""),
            new Departure("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n", "hi"),
            new Departure("POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf", "ok"),
            new Departure("POST /early HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", "ok"),
            new Departure("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf", ""),
            new Departure("POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n", ""),
            new Departure(
                    "POST /early HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n", "ok"));

    private static void serve(RawService.Peer peer) throws IOException {
        for (String head = peer.head(); !head.isEmpty(); head = peer.head()) {
            if (head.contains(" /whole ")) {
                peer.write(OK);
            } else if (head.contains(" /stream ")) {
                peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n");
                peer.readUntil("never");
            } else if (head.contains(" /early ")) {
                peer.write(OK);
                peer.readUntil("never");
            } else {
                peer.readUntil("never");
            }
        }
    }

    @Test
    void noneOfThemHoldsAConnection() throws Exception {
        ProxyServer proxy = proxy(Setup.USUAL.connections(POOL, CLIENTS), service(AbortsIT::serve));
        var threads = Executors.newFixedThreadPool(AT_A_TIME);
        Callable<Void> client = () -> {
            int mine = turn.getAndIncrement();
            Departure departure = DEPARTURES.get(mine % DEPARTURES.size());
            try (Socket socket = proxy.connect().socket) {
                var peer = new RawService.Peer(socket);
                peer.write(departure.sent());
                if (!departure.last().isEmpty()) {
                    assertThat(peer.readUntil(departure.last())).startsWith("HTTP/1.1 ");
                }
                if (mine % 2 == 0) {
                    peer.reset();
                }
            }
            return null;
        };
        for (Future<Void> each : threads.invokeAll(java.util.Collections.nCopies(CLIENTS, client))) {
            each.get();
        }
        threads.shutdown();

        Awaitility.await().untilAtomic(proxy.upstream.open, Matchers.is(0));
        var whole = Executors.newFixedThreadPool(POOL);
        Callable<String> ask = () -> proxy.exchange(get("/whole"));
        for (Future<String> answer : whole.invokeAll(java.util.Collections.nCopies(10 * POOL, ask))) {
            assertThat(answer.get()).startsWith("HTTP/1.1 200 ").endsWith("ok");
        }
        whole.shutdown();
        assertThat(proxy.upstream.ends).doesNotContain("BROKEN", "TIMEOUT");
    }
}
