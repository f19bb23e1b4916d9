package dev.switchboard.gateway.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which answers are compressed: text of a known length from 1 KiB on. An answer whose length nobody said may be one that is
 * meant to be read while it comes, such as server-sent events. The server compresses whatever does not say that it is
 * encoded already; {@code identity} says so, and is not sent.
 */
final class TextCompression {
    /** Smaller answers cost more to compress than they save. */
    private static final long FROM_BYTES = 1_024;

    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

    private TextCompression() {}

    /** To be called when the head of an answer is about to be written. */
    static void decide(HttpServerRequest request, HttpServerResponse response) {
        int status = response.getStatusCode();
        MultiMap headers = response.headers();
        if (status < 200
                || status == 204
                || status == 304
                || request.method().equals(HttpMethod.HEAD)
                || headers.contains(HttpHeaders.CONTENT_ENCODING)) {
            return;
        }
        if (status == 206 || !isText(headers.get(HttpHeaders.CONTENT_TYPE)) || !isWorthIt(headers)) {
            headers.set(HttpHeaders.CONTENT_ENCODING, HttpHeaders.IDENTITY);
            return;
        }
        if (!headers.contains(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING, true)) {
            headers.add(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
        }
        String etag = headers.get(HttpHeaders.ETAG);
        if (etag != null && etag.startsWith("\"") && request.headers().contains(HttpHeaders.ACCEPT_ENCODING)) {
            // RFC 9110 §8.8.1: a strong tag stands for the same bytes.
            headers.set(HttpHeaders.ETAG, "W/" + etag);
        }
    }

    private static boolean isWorthIt(MultiMap headers) {
        String length = headers.get(HttpHeaders.CONTENT_LENGTH);
        String caching = headers.get(HttpHeaders.CACHE_CONTROL);
        return length != null
                && NUMBER.matcher(length).matches()
                && Long.parseLong(length) >= FROM_BYTES
                && (caching == null || !caching.toLowerCase(Locale.ROOT).contains("no-transform"));
    }

    static boolean isText(@Nullable String contentType) {
        if (contentType == null) {
            return false;
        }
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return (type.startsWith("text/") && !type.equals("text/event-stream"))
                || type.endsWith("+json")
                || type.endsWith("+xml")
                || type.equals("application/json")
                || type.equals("application/javascript")
                || type.equals("application/xml")
                || type.equals("application/wasm");
    }
}
