package dev.switchboard.gateway;

import io.vertx.ext.web.Router;
import java.time.Duration;

/** Another way in that shares the HTTP server: it belongs to one event loop, as the server's instance does. */
public interface Door {
    /** No door at all. */
    Door NONE = new Door() {
        @Override
        public void mount(Router router) {}

        @Override
        public void drain(Duration within) {}

        @Override
        public void stop() {}
    };

    /** Adds its routes. Faults that they fail with become the standard error body. */
    void mount(Router router);

    /** Refuses newcomers and sends those inside away, spread over the time given. */
    void drain(Duration within);

    /** Lets go of timers and the like; nothing comes in any more. */
    void stop();
}
