package dev.switchboard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Answers before the answer: 100 and 103. */
class InterimTest extends ProxyTest {
    private static final String ASKING =
            "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";

    @Test
    void theServiceDecidesWhetherItWantsTheBody() throws Exception {
        var service = service(peer -> {
            assertThat(peer.head()).containsIgnoringCase("\r\nexpect: 100-continue\r\n");
            peer.write("HTTP/1.1 100 Continue\r\n\r\n");
            assertThat(peer.read(2)).isEqualTo("hi");
            peer.write(OK);
        });
        RawService.Peer client = proxy(service).connect();
        client.write(ASKING);
        assertThat(client.head()).startsWith("HTTP/1.1 100 ");
        client.write("hi");
        assertThat(client.readUntil("ok")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void itMayRefuseIt() throws Exception {
        var service = service(peer -> {
            peer.head();
            peer.write("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
            peer.readUntil("never");
        });
        RawService.Peer client = proxy(service).connect();
        client.write(ASKING);
        assertThat(client.readUntil("no")).startsWith("HTTP/1.1 413 ").endsWith("no");
    }

    @Test
    void aServiceThatKnowsNothingOfItGetsTheBody() throws Exception {
        var service = service(peer -> {
            assertThat(peer.readUntil("hi")).endsWith("hi");
            peer.write(OK);
        });
        RawService.Peer client = proxy(service).connect();
        client.write(ASKING);
        assertThat(client.head()).startsWith("HTTP/1.1 100 ");
        client.write("hi");
        assertThat(client.readUntil("ok")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void whoSendsTheBodyAnywayIsNotAsked() throws Exception {
        var service = service(peer -> {
            assertThat(peer.readUntil("hi"))
                    .doesNotContainIgnoringCase("expect")
                    .endsWith("hi");
            peer.write(OK);
        });
        RawService.Peer client = proxy(service).connect();
        client.write(ASKING + "hi");
        assertThat(client.readUntil("ok")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void hintsPass() throws Exception {
        var service = service(peer -> {
            peer.head();
            peer.write("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nX-Internal-A: 1\r\n\r\n" + OK);
        });
        RawService.Peer client = proxy(service).connect();
        client.write("GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n");
        assertThat(client.head())
                .startsWith("HTTP/1.1 103 ")
                .containsIgnoringCase("link: </a.css>; rel=preload\r\n")
                .doesNotContainIgnoringCase("internal");
        assertThat(client.head()).startsWith("HTTP/1.1 200 ");
    }
}
