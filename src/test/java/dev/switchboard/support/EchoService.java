package dev.switchboard.support;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * A service behind the gateway: takes a while for each answer, so that some are always under way; sockets get back what they
 * send.
 */
public final class EchoService {
    private static final int LONGEST_WORK_MS = 40;

    private final Vertx vertx;

    /** Where it listens, on this machine. */
    public final int port;

    /** Runs until Vert.x is closed. */
    public EchoService(Vertx vertx) throws Exception {
        this.vertx = vertx;
        this.port = vertx.createHttpServer()
                .requestHandler(this::work)
                .webSocketHandler(socket -> socket.textMessageHandler(socket::writeTextMessage))
                .listen(0, "127.0.0.1")
                .await(10, TimeUnit.SECONDS)
                .actualPort();
    }

    private void work(HttpServerRequest request) {
        request.body()
                .onSuccess(body ->
                        vertx.setTimer(1 + ThreadLocalRandom.current().nextInt(LONGEST_WORK_MS), t -> request.response()
                                .end(answer(request.uri(), body.length()))));
    }

    /** What it answers, a JSON text. */
    static String answer(String uri, int length) {
        return "\"echo " + uri + " " + length + " bytes\"";
    }
}
