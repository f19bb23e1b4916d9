package dev.switchboard.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.bus.Json;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the JSON object in the body of a request, at most so many bytes. */
final class JsonBody {
    static final String CONTENT_TYPE = "application/json; charset=utf-8";

    private final HttpServerRequest request;
    private final int limit;
    private final Promise<ObjectNode> result = Promise.promise();
    private Buffer bytes = Buffer.buffer();

    private JsonBody(HttpServerRequest request, int limit) {
        this.request = request;
        this.limit = limit;
    }

    /**
     * Reads the body; an absent one is an empty object.
     *
     * @param limit bytes; nothing beyond it is kept in memory
     * @return fails with {@code payload_too_large}, {@code unsupported_media_type}, {@code invalid_json}, or
     *     {@code validation_failed} when it is JSON but no object
     */
    static Future<ObjectNode> read(HttpServerRequest request, int limit) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        boolean announced = isAnnounced(request);
        if (!announced && !mayCome(request)) {
            return Future.succeededFuture(Json.MAPPER.createObjectNode());
        }
        if (announced && !isReadable(request)) {
            return Future.failedFuture(unreadable());
        }
        if (length != null && tooLong(length, limit)) {
            return Future.failedFuture(tooLarge(limit));
        }
        return new JsonBody(request, limit).read();
    }

    private Future<ObjectNode> read() {
        request.handler(this::append).exceptionHandler(result::tryFail).endHandler(end -> {
            try {
                if (bytes.length() > 0 && !isReadable(request)) {
                    throw unreadable();
                }
                result.tryComplete(parse(bytes.getBytes()));
            } catch (FaultException e) {
                result.tryFail(e);
            }
        });
        if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
            request.response().writeContinue();
        }
        request.resume();
        return result.future();
    }

    /** Whether the headers of HTTP/1.1 say that a body comes. */
    static boolean isAnnounced(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return request.headers().contains(HttpHeaders.TRANSFER_ENCODING) || (length != null && !length.equals("0"));
    }

    /** HTTP/2 needs no announcement: the body is there, or the end is. */
    private static boolean mayCome(HttpServerRequest request) {
        return request.version() == HttpVersion.HTTP_2
                && !request.isEnded()
                && !request.headers().contains(HttpHeaders.CONTENT_LENGTH);
    }

    private static boolean isReadable(HttpServerRequest request) {
        return isJson(request.getHeader(HttpHeaders.CONTENT_TYPE))
                && !request.headers().contains(HttpHeaders.CONTENT_ENCODING);
    }

    private static FaultException unreadable() {
        return Fault.UNSUPPORTED_MEDIA_TYPE.because("The body must be application/json, without an encoding.");
    }

    private void append(Buffer chunk) {
        if (bytes.length() + chunk.length() <= limit) {
            bytes.appendBuffer(chunk);
        } else if (result.tryFail(tooLarge(limit))) {
            bytes = Buffer.buffer();
            // What still comes is thrown away.
            request.handler(rest -> {});
        }
    }

    private static boolean tooLong(String length, int limit) {
        try {
            return Long.parseLong(length) > limit;
        } catch (NumberFormatException e) {
            return true;
        }
    }

    private static FaultException tooLarge(int limit) {
        return Fault.PAYLOAD_TOO_LARGE.because("The body may have at most " + limit + " bytes.");
    }

    /**
     * Strict on purpose: what a foreign page can send without asking first (a form, plain text, no type at all) is not
     * JSON here.
     */
    static boolean isJson(@Nullable String contentType) {
        if (contentType == null) {
            return false;
        }
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return type.equals("application/json") || (type.startsWith("application/") && type.endsWith("+json"));
    }

    private static ObjectNode parse(byte[] bytes) {
        JsonNode tree;
        try {
            tree = Json.MAPPER.readTree(bytes);
        } catch (IOException e) {
            throw Fault.INVALID_JSON.because("The body is not JSON.");
        }
        if (tree.isMissingNode()) {
            return Json.MAPPER.createObjectNode();
        }
        if (tree instanceof ObjectNode object) {
            return object;
        }
        throw new FaultException(
                Fault.VALIDATION_FAILED,
                "Validation failed: the body must be an object",
                List.of(new FaultException.FieldError("", "must be an object")));
    }
}
