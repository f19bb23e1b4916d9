package dev.switchboard.bench;

import dev.switchboard.protocol.Ids;
import dev.switchboard.support.RedisProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Measures Switchboard as a gateway and its peers in one run. Started by {@code bench/gateway}, which pins it to a core. */
public final class GatewayBenchmark {
    /** The service itself, without anything before it: what the others add something to. */
    static final String DIRECT = "direct";

    private static final String WITH_REDIS = "switchboard-redis";

    private static final int USERS = 1_000;

    /** Files that a node has open besides sockets; each proxied socket is two. */
    private static final int OTHER_FILES = 500;

    private static final Path WORK_DIR = Path.of("target", "bench", "gateway");
    private static final Path JAR = Path.of("target", "switchboard.jar");

    private final GatewaySettings settings;
    private final int loadCore;
    private final Tokens tokens = new Tokens();
    private final List<String> issued = new ArrayList<>();
    private @Nullable SlowRedis slowRedis;

    private GatewayBenchmark(GatewaySettings settings) {
        this.settings = settings;
        this.loadCore = Integer.parseInt(System.getenv("LOAD_CORE"));
        for (int i = 0; i < USERS; i++) {
            issued.add(tokens.issue(Ids.next(), "bench" + i));
        }
    }

    public static void main(String[] args) {
        System.exit(Program.run(
                GatewaySettings.USAGE,
                arguments -> new GatewayBenchmark(GatewaySettings.parse(arguments)).run(),
                args));
    }

    private void run() throws IOException, InterruptedException {
        BigDownload.prepare(WORK_DIR);
        Proxies peers = new Proxies(WORK_DIR);
        try (BenchDatabase database = BenchDatabase.open(WORK_DIR.resolve("data"), tokens);
                Loop loop = new Loop();
                ServerProcess service = peers.service(loadCore);
                ServerProcess echo = echo();
                RedisProcess redis = new RedisProcess("")) {
            SwitchboardGateway switchboard =
                    new SwitchboardGateway(JAR, WORK_DIR, tokens, database, echo.address(), settings);
            List<ProxyFigures> figures = new ArrayList<>();
            for (String id : settings.proxies()) {
                figures.add(measure(proxy(id, peers, switchboard, redis, service), service, loop, redis));
            }
            BigDownload download = settings.stream() ? download(switchboard, service, loop) : null;
            List<HeldSockets> held = settings.holds() ? hold(switchboard, service, loop) : List.of();
            report(new GatewayReport(settings, figures, slowRedis, download, held));
        }
    }

    private void report(GatewayReport report) {
        System.out.println("\n" + report.goals() + "\n" + report.table());
        if (settings.output() != null) {
            Program.write(settings.output(), report.document());
        }
    }

    private BigDownload download(SwitchboardGateway switchboard, ServerProcess service, Loop loop) {
        try (ServerProcess gateway = start(switchboard.withNodeLimiter(), service)) {
            BigDownload download =
                    BigDownload.measure(gateway, loop, request("/bench", 0), request(BigDownload.PATH, 0));
            System.out.println(download);
            return download;
        }
    }

    /** What one gateway holds; and where the limit of open files is what bounds that, what two hold. */
    private List<HeldSockets> hold(SwitchboardGateway switchboard, ServerProcess service, Loop loop) {
        int each = Math.min(settings.sockets(), (openFiles() - OTHER_FILES) / 2);
        List<HeldSockets> held = new ArrayList<>();
        try (ServerProcess first = start(switchboard.withNodeLimiter(), service)) {
            held.add(hold(List.of(first), loop, each));
        }
        if (each < settings.sockets()) {
            try (ServerProcess first = start(switchboard.withNodeLimiter(), service);
                    ServerProcess second = start(switchboard.withNodeLimiter(), service)) {
                held.add(hold(List.of(first, second), loop, Math.min(each, settings.sockets() / 2)));
            }
        }
        return held;
    }

    private HeldSockets hold(List<ServerProcess> gateways, Loop loop, int each) {
        HeldSockets held = HeldSockets.measure(gateways, loop, each, issued);
        System.out.println("WebSockets: " + held);
        return held;
    }

    private ServerProcess start(Proxy proxy, ServerProcess service) {
        return proxy.starter().start(settings.serverCore(), service.address());
    }

    private ProxyFigures measure(Proxy proxy, ServerProcess service, Loop loop, RedisProcess redis)
            throws IOException, InterruptedException {
        System.out.println(proxy.title());
        if (proxy.id().equals(DIRECT)) {
            return measure(proxy, service, loop, () -> 0);
        }
        try (ServerProcess server = start(proxy, service)) {
            if (!proxy.id().equals(WITH_REDIS)) {
                return measure(proxy, server, loop, () -> 0);
            }
            ProxyFigures figures = measure(proxy, server, loop, () -> ProcFs.cpuSeconds(redis.pid()));
            slowRedis = SlowRedis.measure(server, loop, requests(), settings.seconds(), redis);
            System.out.println("  " + slowRedis);
            return figures;
        }
    }

    private ProxyFigures measure(Proxy proxy, ServerProcess server, Loop loop, DoubleSupplier beside) {
        double warmUp = Math.min(proxy.warmUpSeconds(), settings.warmUpSeconds());
        ProxyFigures figures =
                ProxyFigures.measure(proxy, server, loop, requests(), settings.seconds(), warmUp, beside);
        System.out.println("  " + figures);
        return figures;
    }

    private List<String> requests() {
        return IntStream.range(0, USERS)
                .mapToObj(user -> request("/bench", user))
                .toList();
    }

    private Proxy proxy(
            String id, Proxies peers, SwitchboardGateway switchboard, RedisProcess redis, ServerProcess service) {
        return switch (id) {
            case DIRECT -> new Proxy(DIRECT, "The service itself", 3, (core, address) -> service);
            case "nginx" -> peers.nginx();
            case "haproxy" -> peers.haproxy();
            case "http-proxy-middleware" -> peers.node(id, id, id);
            case "fastify" -> peers.node(id, "@fastify/http-proxy", "@fastify/http-proxy");
            case "switchboard" -> switchboard.withNodeLimiter();
            default -> switchboard.withRedis("127.0.0.1:" + redis.port);
        };
    }

    private String request(String path, int user) {
        return "GET " + path + " HTTP/1.1\r\nHost: bench.example.org\r\nUser-Agent: bench\r\nAccept: */*\r\n"
                + "Authorization: Bearer " + issued.get(user) + "\r\n\r\n";
    }

    private ServerProcess echo() {
        List<String> command =
                Target.java(List.of(), "-cp", System.getProperty("java.class.path"), EchoSockets.class.getName());
        return ServerProcess.start(WORK_DIR, "echo", loadCore, command, Map.of());
    }

    private static int openFiles() {
        String limit = Machine.firstLine("0", "bash", "-c", "ulimit -n");
        return limit.equals("unlimited") ? Integer.MAX_VALUE : Integer.parseInt(limit);
    }
}
