package dev.switchboard.gateway.proxy;

import dev.switchboard.gateway.upstream.Address;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/** The headers of an upgrade (RFC 6455 §4, RFC 9110 §7.6.1 and §7.8). */
final class SocketHeaders {
    private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int KEY_BYTES = 16;

    /** By which upgrades come (RFC 9110 §7.8: later ones have none, and 1.0 ignores it). */
    private static final String PROTOCOL = "1.1";

    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    private SocketHeaders() {}

    /** Whether a request asks for a WebSocket. Any other upgrade is ignored, as a server may. */
    static boolean isUpgrade(HttpServerRequest request) {
        return request.version() == HttpVersion.HTTP_1_1
                && request.method().equals(HttpMethod.GET)
                && names(request.headers().getAll(HttpHeaderNames.CONNECTION), HttpHeaderValues.UPGRADE)
                && names(request.headers().getAll(HttpHeaderNames.UPGRADE), HttpHeaderValues.WEBSOCKET);
    }

    private static boolean names(List<String> lists, CharSequence token) {
        return tokens(lists).anyMatch(token.toString()::equals);
    }

    private static Stream<String> tokens(List<String> lists) {
        return lists.stream()
                .flatMap(list -> Arrays.stream(list.split(",", -1)))
                .map(token -> token.strip().toLowerCase(Locale.ROOT));
    }

    /** Whether the request has exactly one key, and a proper one. */
    static boolean hasKey(HttpServerRequest request) {
        List<String> keys = request.headers().getAll(HttpHeaderNames.SEC_WEBSOCKET_KEY);
        try {
            return keys.size() == 1 && Base64.getDecoder().decode(keys.get(0)).length == KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Whether the request announces a body. */
    static boolean hasBody(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaderNames.CONTENT_LENGTH);
        return (length != null && !length.equals("0")) || request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING);
    }

    /** The headers by which the service is asked for the upgrade. */
    static void ask(HttpServerRequest request, Passage passage, Address address, HttpHeaders to) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        RequestHeaders.write(request.headers(), PROTOCOL, passage, headers);
        to.set(HttpHeaderNames.HOST, Objects.requireNonNullElseGet(passage.host(), () -> authority(address)));
        headers.forEach(header -> to.add(header.getKey(), header.getValue()));
        to.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
        to.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
    }

    private static String authority(Address address) {
        String host = address.host().indexOf(':') < 0 ? address.host() : '[' + address.host() + ']';
        return address.port() == (address.tls() ? HTTPS : HTTP) ? host : host + ':' + address.port();
    }

    /**
     * Whether the answer is the end of the HTTP on this connection, for certain: bytes that follow are taken for frames by
     * nobody but us if the service did not read our request as an upgrade.
     */
    static boolean accepts(HttpResponse answer, String key) {
        List<String> accepts = answer.headers().getAll(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT);
        return names(answer.headers().getAll(HttpHeaderNames.CONNECTION), HttpHeaderValues.UPGRADE)
                && names(answer.headers().getAll(HttpHeaderNames.UPGRADE), HttpHeaderValues.WEBSOCKET)
                && accepts.size() == 1
                && accepts.get(0).strip().equals(acceptOf(key));
    }

    private static String acceptOf(String key) {
        try {
            byte[] text = (key + ACCEPT_SUFFIX).getBytes(StandardCharsets.US_ASCII);
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }

    /** Adds the headers of the service's answer, but for those of its connection. */
    static void answer(HttpResponse answer, MultiMap to) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        answer.headers().forEach(header -> headers.add(header.getKey(), header.getValue()));
        ResponseHeaders.write(headers, to);
    }
}
