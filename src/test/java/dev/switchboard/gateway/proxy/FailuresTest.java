package dev.switchboard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.gateway.proxy.ProxyServer.Setup;
import dev.switchboard.gateway.upstream.Address;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Services that are gone, slow, or talk nonsense; and what is asked again. */
class FailuresTest extends ProxyTest {
    private static final Duration SHORT = Duration.ofSeconds(1);

    /** More than all buffers between a client and a service take. */
    private static final int UNREAD = 32 << 20;

    private final AtomicInteger asked = new AtomicInteger();

    /** Nobody listens there, nor can anybody: the port is taken. */
    private int shut() throws Exception {
        Socket taken = opened(new Socket());
        taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return taken.getLocalPort();
    }

    private static String request(String method) {
        return method + " / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi";
    }

    @Test
    void nobodyThere() throws Exception {
        ProxyServer proxy = opened(new ProxyServer(Setup.USUAL, shut()));

        assertThat(proxy.exchange(get("/"))).startsWith("HTTP/1.1 503 ").endsWith("upstream_unreachable");
        proxy.upstream.ended("UNREACHABLE");
    }

    @Test
    void aConnectionThatDoesNotComeAbout() throws Exception {
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var callers = new ArrayList<Socket>();
            // Linux lets one more in than it was told; what comes then is not even refused.
            for (int i = 0; i < 2; i++) {
                callers.add(new Socket(InetAddress.getLoopbackAddress(), listener.getLocalPort()));
            }
            ProxyServer proxy = opened(new ProxyServer(Setup.USUAL.connect(SHORT), listener.getLocalPort()));

            assertThat(proxy.exchange(get("/"))).startsWith("HTTP/1.1 503 ").endsWith("upstream_unreachable");
            proxy.upstream.ended("UNREACHABLE");
            for (Socket caller : callers) {
                caller.close();
            }
        }
    }

    @Test
    void newSettingsNeedNoNewGateway() throws Exception {
        RawService service = answering(OK);
        ProxyServer proxy = opened(new ProxyServer(Setup.USUAL, shut()));
        assertThat(proxy.exchange(get("/"))).startsWith("HTTP/1.1 503 ");

        proxy.upstream.move(new Address("127.0.0.1", service.port(), false));
        assertThat(proxy.exchange(get("/"))).startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void whatWasNeverSentIsSentElsewhere(String method) throws Exception {
        var service = service(peer -> {
            peer.readUntil("hi");
            asked.incrementAndGet();
            peer.write(OK);
        });
        ProxyServer proxy = opened(new ProxyServer(Setup.USUAL, shut(), service.port()));

        assertThat(proxy.exchange(request(method))).startsWith("HTTP/1.1 200 ");
        assertThat(asked).hasValue(1);
        proxy.upstream.ended("UNREACHABLE", "answered 200");
    }

    @Test
    void withoutABudgetNothingIsAskedAgain() throws Exception {
        RawService service = answering(OK);
        ProxyServer proxy = opened(new ProxyServer(Setup.USUAL, shut(), service.port()));
        proxy.upstream.retries.set(0);

        assertThat(proxy.exchange(get("/"))).startsWith("HTTP/1.1 503 ");
        assertThat(service.heads).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense\r\n\r\n",
                "HTTP/1.1 99 Odd\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
                "HTTP/1.1 102 Processing\r\n\r\n",
                "HTTP/9.9 200 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, identity\r\nContent-Length: x\r\n\r\n"
            })
    void whatIsNoAnswerIsABrokenOne(String answer) throws Exception {
        RawService service = answering(answer);
        ProxyServer proxy = proxy(service);
        proxy.upstream.retries.set(0);

        assertThat(proxy.exchange(request("POST"))).startsWith("HTTP/1.1 502 ").endsWith("bad_gateway");
        proxy.upstream.ended("BROKEN");
        Awaitility.await().untilAtomic(proxy.upstream.open, org.hamcrest.Matchers.is(0));
    }

    @Test
    void aMalformedHeaderIsLeftOut() throws Exception {
        RawService service = answering("HTTP/1.1 200 OK\r\nBad Name: 1\r\nGood: 1\r\nContent-Length: 2\r\n\r\nok");

        assertThat(proxy(service).exchange(get("/")))
                .startsWith("HTTP/1.1 200 ")
                .doesNotContain("Bad Name")
                .contains("Good: 1")
                .endsWith("ok");
    }

    @ParameterizedTest
    @CsvSource({"POST,1", "PATCH,1", "GET,3", "PUT,3", "DELETE,3"})
    void onlyWhatMayBeDoneTwiceIsAskedTwice(String method, int times) throws Exception {
        var service = service(peer -> {
            peer.readUntil("hi");
            asked.incrementAndGet();
        });

        assertThat(proxy(service).exchange(request(method))).startsWith("HTTP/1.1 502 ");
        assertThat(asked).hasValue(times);
    }

    @Test
    void aBodyThatWasPartlySentIsNotSentAgain() throws Exception {
        var service = service(peer -> {
            peer.readUntil("hi\r\n");
            asked.incrementAndGet();
            peer.readUntil("there");
        });
        RawService.Peer client = proxy(service).connect();
        client.write("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n");
        Awaitility.await().untilAtomic(asked, org.hamcrest.Matchers.is(1));
        client.write("5\r\nthere\r\n");

        assertThat(client.head()).startsWith("HTTP/1.1 502 ");
        assertThat(asked).hasValue(1);
    }

    @Test
    void aConnectionThatTheServiceGaveUpCostsNobodyAnAnswer() throws Exception {
        // Each connection serves one request and is closed when the second one is there: the gateway cannot know.
        var service = service(peer -> {
            peer.head();
            asked.incrementAndGet();
            peer.write(OK);
            peer.head();
        });
        ProxyServer proxy = proxy(service);
        RawService.Peer client = proxy.connect();
        for (int i = 0; i < 10; i++) {
            client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readUntil("ok")).startsWith("HTTP/1.1 200 ");
        }
        assertThat(asked).hasValue(10);
        assertThat(proxy.upstream.ends).doesNotContain("BROKEN");
    }

    @Test
    void aPostOnSuchAConnectionIsNotSentTwice() throws Exception {
        var service = service(peer -> {
            peer.readUntil("hi");
            asked.incrementAndGet();
            peer.write(OK);
            peer.readUntil("hi");
            asked.incrementAndGet();
        });
        ProxyServer proxy = proxy(service);
        RawService.Peer client = proxy.connect();
        String post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";
        client.write(post);
        client.readUntil("ok");
        client.write(post);

        assertThat(client.readUntil("bad_gateway")).startsWith("HTTP/1.1 502 ");
        assertThat(asked).hasValue(2);
    }

    @Test
    void aSlowServiceIsGivenUp() throws Exception {
        var service = service(peer -> {
            peer.head();
            asked.incrementAndGet();
            assertThat(peer.isClosed()).isTrue();
            asked.incrementAndGet();
        });
        ProxyServer proxy = proxy(Setup.USUAL.timeout(SHORT), service);

        assertThat(proxy.exchange(get("/"))).startsWith("HTTP/1.1 504 ").endsWith("timeout");
        Awaitility.await().untilAtomic(asked, org.hamcrest.Matchers.is(2));
        proxy.upstream.ended("TIMEOUT");
    }

    @Test
    void theTimeOfASlowUploadIsTheClients() throws Exception {
        var service = service(peer -> {
            peer.readUntil("hi");
            peer.write(OK);
        });
        RawService.Peer client = proxy(Setup.USUAL.timeout(SHORT).idle(SHORT.multipliedBy(4)), service)
                .connect();
        client.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nh");
        Awaitility.await().pollDelay(SHORT.multipliedBy(2)).until(() -> true);
        client.write("i");

        assertThat(client.readUntil("ok")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void aClientThatStopsSendingHoldsNoConnectionForEver() throws Exception {
        var service = service(peer -> {
            peer.readUntil("h");
            asked.incrementAndGet();
            peer.readUntil("never");
            asked.incrementAndGet();
        });
        ProxyServer proxy = proxy(Setup.USUAL.idle(SHORT), service);
        RawService.Peer client = proxy.connect();
        client.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nh");

        assertThat(client.head()).startsWith("HTTP/1.1 400 ");
        Awaitility.await().untilAtomic(asked, org.hamcrest.Matchers.is(2));
        proxy.upstream.ended("cancelled");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzzz\r\n"
            })
    void anAnswerThatIsTornIsNotEnded(String answer) throws Exception {
        var service = service(peer -> {
            peer.head();
            peer.write(answer);
        });
        ProxyServer proxy = proxy(service);
        String got = proxy.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        assertThat(got).startsWith("HTTP/1.1 200 ").contains("half").doesNotContain("\r\n0\r\n");
        proxy.upstream.ended("BROKEN");
    }

    @Test
    void anOldClientSeesThatItsAnswerIsTorn() throws Exception {
        var service = service(peer -> {
            peer.head();
            peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
            peer.readUntil("never");
        });
        ProxyServer proxy = proxy(Setup.USUAL.idle(SHORT), service);
        RawService.Peer client = proxy.connect();
        client.write("GET / HTTP/1.0\r\nHost: a\r\n\r\n");

        assertThat(client.readUntil("half")).startsWith("HTTP/1.0 200 ");
        assertThatThrownBy(client::isClosed).isInstanceOf(SocketException.class).hasMessageContaining("reset");
    }

    @Test
    void anAnswerThatStopsIsCut() throws Exception {
        var service = service(peer -> {
            peer.head();
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
            peer.readUntil("never");
        });
        ProxyServer proxy = proxy(Setup.USUAL.idle(SHORT), service);

        assertThat(proxy.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).endsWith("half");
        proxy.upstream.ended("TIMEOUT");
    }

    @Test
    void aServiceThatDoesNotTakeTheBodyIsWhatIsTooSlow() throws Exception {
        var over = new Semaphore(0);
        var service = service(peer -> {
            peer.head();
            over.acquireUninterruptibly();
        });
        ProxyServer proxy = proxy(Setup.USUAL.idle(SHORT).maxBody(UNREAD), service);
        RawService.Peer client = proxy.connect();
        client.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + UNREAD + "\r\n\r\n");
        var sender = new Thread(() -> {
            try {
                client.write("x".repeat(UNREAD));
            } catch (IOException e) {
                // The gateway has answered.
            }
        });
        sender.start();
        try {
            assertThat(client.head()).startsWith("HTTP/1.1 504 ");
            proxy.upstream.ended("TIMEOUT");
        } finally {
            over.release();
            client.socket.close();
            sender.join();
        }
    }

    @Test
    void tooManyWaitForAConnection() throws Exception {
        var service = service(peer -> {
            peer.head();
            asked.incrementAndGet();
            peer.readUntil("never");
        });
        ProxyServer proxy = proxy(Setup.USUAL.connections(1, 1), service);
        RawService.Peer first = proxy.connect();
        first.write(get("/1"));
        Awaitility.await().untilAtomic(asked, org.hamcrest.Matchers.is(1));
        RawService.Peer second = proxy.connect();
        second.write(get("/2"));
        Awaitility.await().untilAtomic(proxy.upstream.open, org.hamcrest.Matchers.is(2));

        assertThat(proxy.exchange(get("/3"))).startsWith("HTTP/1.1 503 ").endsWith("unavailable");
        assertThat(asked).hasValue(1);
    }

    @Test
    void whoWasLetInMayWaitForTheConnectionsOfItsEventLoop() throws Exception {
        var go = new CountDownLatch(1);
        var service = service(peer -> {
            for (String head = peer.head(); !head.isEmpty(); head = peer.head()) {
                asked.incrementAndGet();
                ProxyServer.awaitLatch(go);
                peer.write(OK);
            }
        });
        // Four connections on the node, two of them of this event loop; nobody may wait for more than these.
        ProxyServer proxy = proxy(Setup.USUAL.connections(4, 0).loops(2), service);
        List<RawService.Peer> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            RawService.Peer client = proxy.connect();
            client.write(get("/" + i));
            clients.add(client);
        }
        Awaitility.await().untilAtomic(proxy.upstream.open, org.hamcrest.Matchers.is(4));
        Awaitility.await().untilAtomic(asked, org.hamcrest.Matchers.is(2));
        go.countDown();
        for (RawService.Peer client : clients) {
            assertThat(client.head()).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void whoWaitsTooLongForAConnectionIsTold() throws Exception {
        var service = service(peer -> {
            peer.head();
            asked.incrementAndGet();
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
            peer.readUntil("never");
        });
        ProxyServer proxy = proxy(Setup.USUAL.connections(1, 1).timeout(SHORT), service);
        proxy.connect().write(get("/1"));
        Awaitility.await().untilAtomic(asked, org.hamcrest.Matchers.is(1));

        assertThat(proxy.exchange(get("/2"))).startsWith("HTTP/1.1 503 ").endsWith("unavailable");
        assertThat(asked).hasValue(1);
        proxy.upstream.ended("cancelled");
    }
}
