package dev.switchboard.bench;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.ext.bridge.PermittedOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.sockjs.SockJSBridgeOptions;
import io.vertx.ext.web.handler.sockjs.SockJSHandler;

/** The peer: an event-bus bridge as the Vert.x manual shows it, with defaults, its rooms being addresses. */
public final class PlainBridge extends AbstractVerticle {
    private static final String ROOMS = "room:.*";

    /** Serves on {@code PORT}. */
    public static void main(String[] args) {
        Vertx.vertx()
                .deployVerticle(new PlainBridge())
                .onSuccess(id -> System.out.println("ready"))
                .onFailure(failure -> {
                    failure.printStackTrace();
                    System.exit(1);
                });
    }

    @Override
    public void start(Promise<Void> started) {
        PermittedOptions rooms = new PermittedOptions().setAddressRegex(ROOMS);
        SockJSBridgeOptions options =
                new SockJSBridgeOptions().addInboundPermitted(rooms).addOutboundPermitted(rooms);
        Router router = Router.router(vertx);
        router.route("/eventbus/*").subRouter(SockJSHandler.create(vertx).bridge(options));
        vertx.createHttpServer()
                .requestHandler(router)
                .listen(Integer.parseInt(System.getenv("PORT")), "127.0.0.1")
                .<Void>mapEmpty()
                .onComplete(started);
    }
}
