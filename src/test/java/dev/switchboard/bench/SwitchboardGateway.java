package dev.switchboard.bench;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Switchboard as a gateway: the jar with a route table, tokens asked for, limits counted but not reached. */
final class SwitchboardGateway {
    private static final double WARM_UP = 15;

    private static final String CONF =
            """
            limits:
              tiers:
                default: { limit: 1000000, window: 1s, burst: 1000000 }
            upstreams:
              service: { addresses: "http://%s" }
              sockets: { addresses: "http://%s" }
            routes:
              - { path: "/bench", methods: GET, auth: user, upstream: service }
              - { path: "/files/**", methods: GET, auth: user, upstream: service }
              - { path: "/sockets/**", auth: user, upstream: sockets }
            """;

    private final Path jar;
    private final Path workDir;
    private final Tokens tokens;
    private final BenchDatabase database;
    private final InetSocketAddress sockets;

    /** @param sockets the service of WebSockets */
    SwitchboardGateway(
            Path jar, Path workDir, Tokens tokens, BenchDatabase database, InetSocketAddress sockets) {
        this.jar = jar;
        this.workDir = workDir;
        this.tokens = tokens;
        this.database = database;
        this.sockets = sockets;
    }

    Proxy withNodeLimiter() {
        return new Proxy("switchboard", "Switchboard", WARM_UP, (core, service) -> start(core, service, ""));
    }

    /** @param redis host and port */
    Proxy withRedis(String redis) {
        return new Proxy(
                "switchboard-redis",
                "Switchboard, limits in Redis",
                WARM_UP,
                (core, service) -> start(core, service, redis));
    }

    private ServerProcess start(int core, InetSocketAddress service, String redis) {
        Path conf = workDir.resolve("gateway.yaml");
        Proxies.write(conf, CONF.formatted(Proxies.text(service), Proxies.text(sockets)));
        Map<String, String> settings = new HashMap<>();
        settings.put("HOST", "127.0.0.1");
        settings.put("DATABASE_URL", database.url());
        settings.put("DATA_DIR", workDir.resolve("node").toString());
        settings.put("JWT_SECRET", tokens.secret());
        settings.put("CLUSTER_NAME", "bench-" + ProcessHandle.current().pid());
        settings.put("REDIS_ADDR", redis);
        List<String> command = Target.java("-jar", jar.toString(), "--conf", conf.toString());
        return ServerProcess.start(workDir, "switchboard", core, command, settings);
    }
}
