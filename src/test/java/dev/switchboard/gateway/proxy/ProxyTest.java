package dev.switchboard.gateway.proxy;

import dev.switchboard.gateway.proxy.ProxyServer.Setup;
import dev.switchboard.gateway.proxy.RawService.Script;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** Opens services and gateways in front of them, and closes them after each test. */
abstract class ProxyTest {
    static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    <T extends AutoCloseable> T opened(T resource) {
        open.add(0, resource);
        return resource;
    }

    RawService service(Script script) throws Exception {
        return opened(new RawService(script));
    }

    /** A service that remembers the heads of requests without a body, and gives one answer to all. */
    RawService answering(String answer) throws Exception {
        var self = new RawService[1];
        self[0] = service(RawService.always(self, answer));
        return self[0];
    }

    ProxyServer proxy(Setup setup, RawService... services) throws Exception {
        int[] ports = List.of(services).stream().mapToInt(RawService::port).toArray();
        return opened(new ProxyServer(setup, ports));
    }

    ProxyServer proxy(RawService... services) throws Exception {
        return proxy(Setup.USUAL, services);
    }

    static String get(String path, String... headers) {
        String more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
        return "GET " + path + " HTTP/1.1\r\nHost: app.example.org\r\n" + more + "Connection: close\r\n\r\n";
    }
}
