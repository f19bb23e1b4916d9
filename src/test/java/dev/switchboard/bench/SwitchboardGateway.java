package dev.switchboard.bench;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Switchboard as a gateway: the jar with a route table, tokens asked for, limits counted but not reached. */
final class SwitchboardGateway {
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
    private final GatewaySettings settings;
    private int started;

    /** @param sockets the service of WebSockets */
    SwitchboardGateway(
            Path jar,
            Path workDir,
            Tokens tokens,
            BenchDatabase database,
            InetSocketAddress sockets,
            GatewaySettings settings) {
        this.jar = jar;
        this.workDir = workDir;
        this.tokens = tokens;
        this.database = database;
        this.sockets = sockets;
        this.settings = settings;
    }

    Proxy withNodeLimiter() {
        return new Proxy(
                "switchboard", "Switchboard", settings.warmUpSeconds(), (core, service) -> start(core, service, ""));
    }

    /** @param redis host and port */
    Proxy withRedis(String redis) {
        return new Proxy(
                "switchboard-redis",
                "Switchboard, limits in Redis",
                settings.warmUpSeconds(),
                (core, service) -> start(core, service, redis));
    }

    private ServerProcess start(int core, InetSocketAddress service, String redis) {
        Path conf = workDir.resolve("gateway.yaml");
        Proxies.write(conf, CONF.formatted(Proxies.text(service), Proxies.text(sockets)));
        Map<String, String> variables = new HashMap<>();
        variables.put("HOST", "127.0.0.1");
        variables.put("DATABASE_URL", database.url());
        variables.put("DATA_DIR", workDir.resolve("node").toString());
        variables.put("JWT_SECRET", tokens.secret());
        variables.put("CLUSTER_NAME", "bench-" + ProcessHandle.current().pid());
        variables.put("REDIS_ADDR", redis);
        List<String> command = Target.java(settings.jvmFlags(), "-jar", jar.toString(), "--conf", conf.toString());
        return ServerProcess.start(workDir, "switchboard-" + ++started, core, command, variables);
    }
}
