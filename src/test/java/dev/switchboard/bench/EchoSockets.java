package dev.switchboard.bench;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;

/** The service behind proxied WebSockets: says again what it is told. */
public final class EchoSockets {
    private static final int BACKLOG = 4_096;

    private EchoSockets() {}

    /** Serves on {@code PORT}. */
    public static void main(String[] args) {
        Vertx.vertx()
                .createHttpServer(new HttpServerOptions().setAcceptBacklog(BACKLOG))
                .webSocketHandler(socket -> socket.textMessageHandler(socket::writeTextMessage))
                .listen(Integer.parseInt(System.getenv("PORT")), "127.0.0.1")
                .onSuccess(server -> System.out.println("ready"))
                .onFailure(failure -> {
                    failure.printStackTrace();
                    System.exit(1);
                });
    }
}
