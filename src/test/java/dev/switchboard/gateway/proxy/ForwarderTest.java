package dev.switchboard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a service sees of a request, and a client of the answer, byte by byte. */
class ForwarderTest extends ProxyTest {
    @Test
    void aRequestAndItsAnswerPass() throws Exception {
        RawService service = answering(
                "HTTP/1.1 201 Created\r\nContent-Length: 2\r\nX-A: 1\r\nKeep-Alive: timeout=5\r\nConnection: X-B\r\nX-B: 2\r\n\r\nok");
        String answer = proxy(service).exchange(get("/a/b?q=%20x&y", "Authorization: Bearer t", "X-Own: 1"));

        assertThat(answer)
                .startsWith("HTTP/1.1 201 Created\r\n")
                .containsIgnoringCase("x-a: 1\r\n")
                .containsIgnoringCase("x-request-id: r-1\r\n")
                .doesNotContainIgnoringCase("x-b:")
                .doesNotContainIgnoringCase("keep-alive:")
                .endsWith("\r\n\r\nok");
        assertThat(service.heads).hasSize(1);
        assertThat(service.heads.get(0))
                .startsWith("GET /a/b?q=%20x&y HTTP/1.1\r\n")
                .containsIgnoringCase("\r\nhost: 127.0.0.1:" + service.port() + "\r\n")
                .containsIgnoringCase("\r\nx-own: 1\r\n")
                .containsIgnoringCase("\r\nx-user-id: " + ProxyServer.ANNA + "\r\n")
                .containsIgnoringCase("\r\nx-forwarded-host: app.example.org\r\n")
                .doesNotContainIgnoringCase("\r\nconnection:")
                .doesNotContainIgnoringCase("\r\ntransfer-encoding:")
                .doesNotContainIgnoringCase("\r\ncontent-length:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET http://evil.example/pub/x?y=1", "GET /pub/x?y=1"})
    void theServiceSeesOriginForm(String line) throws Exception {
        RawService service = answering(OK);
        proxy(service).exchange(line + " HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");

        assertThat(service.heads.get(0)).startsWith("GET /pub/x?y=1 HTTP/1.1\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // CVE-2026-42581
                "POST /pub HTTP/1.0\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                "POST /pub HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                "POST /pub HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked,x\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                "POST /pub HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
                "POST /pub HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nhello",
                "POST /pub HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello",
                "POST /pub HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                "POST /pub HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\u000bchunked\r\n\r\n0\r\n\r\n"
            })
    void nothingIsSmuggled(String framing) throws Exception {
        RawService service = answering(OK);
        String attack = "GET /admin/secret HTTP/1.1\r\nHost: a\r\nX-User-Id: 1\r\nConnection: close\r\n\r\n";
        RawService.Peer client = proxy(service).connect();
        client.write(framing + attack);

        assertThat(client.readUntil("never"))
                .startsWith("HTTP/1.")
                .contains(" 400 ")
                .doesNotContain("ok");
        assertThat(service.heads).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"gzip, chunked", "x\r\nTransfer-Encoding: chunked", "chunked\r\nTransfer-Encoding: chunked"})
    void aCodingThatTheServiceWouldNotSeeIsRefused(String coding) throws Exception {
        RawService service = answering(OK);
        RawService.Peer client = proxy(service).connect();
        client.write("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: " + coding + "\r\n\r\n0\r\n\r\n");

        assertThat(client.head()).startsWith("HTTP/1.1 400 ");
        assertThat(service.heads).isEmpty();
    }

    @Test
    void anIdentityCannotBeNominatedAway() throws Exception {
        RawService service = answering(OK);
        RawService.Peer client = proxy(service).connect();
        String claims = "Authorization: Bearer t\r\nX-User-Id: 1\r\nX_User_Id: 2\r\n";
        client.write("GET / HTTP/1.1\r\nHost: a\r\n" + claims + "Connection: X-User-Id, X-Forwarded-For\r\n\r\n");
        client.readUntil("ok");

        assertThat(service.heads.get(0))
                .containsOnlyOnce("\r\nX-User-Id: " + ProxyServer.ANNA + "\r\n")
                .containsIgnoringCase("\r\nx-forwarded-for: 192.0.2.9\r\n")
                .doesNotContain("X_User_Id");
    }
}
