package dev.switchboard.gateway;

import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which protocols the listener speaks. */
public final class Protocols {
    /** What browsers need at most at a time, and what RFC 9113 §6.5.2 recommends at least. */
    private static final int STREAMS = 100;

    /** The window that HTTP/2 gives a stream (RFC 9113 §6.9.2). */
    private static final int STREAM_WINDOW = 65_535;

    private Protocols() {}

    /** Options of a server, with what concerns protocols set. A stream that nobody reads does not hold up the others. */
    static HttpServerOptions of(boolean http2, @Nullable TlsOptions tls, int maxHeaderBytes) {
        HttpServerOptions options = new HttpServerOptions()
                .setHttp2ClearTextEnabled(http2)
                .setInitialSettings(
                        new Http2Settings().setMaxConcurrentStreams(STREAMS).setMaxHeaderListSize(maxHeaderBytes))
                .setHttp2ConnectionWindowSize(STREAMS * STREAM_WINDOW)
                .setAlpnVersions(
                        http2 ? List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1) : List.of(HttpVersion.HTTP_1_1));
        return tls == null ? options : options.setSsl(true).setUseAlpn(true).setKeyCertOptions(tls.keyCert());
    }

    /**
     * With what concerns WebSockets set. Without compression a socket needs no deflater of its own (some hundred KiB), and
     * frames that are encoded once fit every socket.
     *
     * @param maxFrame bytes of one frame from a client
     * @param maxMessage bytes of one message from a client
     */
    public static HttpServerOptions sockets(HttpServerOptions server, int maxFrame, int maxMessage) {
        return server.setMaxWebSocketFrameSize(maxFrame)
                .setMaxWebSocketMessageSize(maxMessage)
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setRegisterWebSocketWriteHandlers(false);
    }
}
