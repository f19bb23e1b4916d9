package dev.switchboard.bench;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The figures of the gateway as tables and as {@code docs/benchmarks-gateway.md}. */
final class GatewayReport {
    private static final String NONE = "–";
    private static final double MB = 1_000_000;
    private static final double KB = 1_000;
    private static final String OURS = "switchboard";

    private final GatewaySettings settings;
    private final List<ProxyFigures> all;
    private final @Nullable SlowRedis slowRedis;
    private final @Nullable BigDownload download;
    private final List<HeldSockets> held;

    GatewayReport(
            GatewaySettings settings,
            List<ProxyFigures> all,
            @Nullable SlowRedis slowRedis,
            @Nullable BigDownload download,
            List<HeldSockets> held) {
        this.settings = settings;
        this.all = all;
        this.slowRedis = slowRedis;
        this.download = download;
        this.held = held;
    }

    /** One column for each proxy. */
    String table() {
        StringBuilder out = new StringBuilder("| |");
        all.forEach(each -> out.append(' ').append(each.title()).append(" |"));
        out.append("\n|---|").append("---|".repeat(all.size())).append('\n');
        row(out, "Requests/s over 64 connections", each -> number("%,.0f", each.perSecond()));
        row(out, "… CPU per request", each -> number("%.1f µs", each.cpuMicros()) + beside(each));
        row(out, "… its core busy", each -> number("%.0f %%", 100 * each.busy()));
        row(out, "p50 / p99 at 1,000/s", each -> number("%.2f", each.p50()) + number(" / %.2f ms", each.p99()));
        row(out, "… CPU per request", each -> number("%.0f µs", each.steadyMicros()));
        return out.toString();
    }

    private static String beside(ProxyFigures figures) {
        return figures.besideMicros() == 0 ? "" : number(" (and Redis %.1f µs)", figures.besideMicros());
    }

    private void row(StringBuilder out, String name, Function<ProxyFigures, String> cell) {
        out.append("| ").append(name).append(" |");
        all.forEach(each -> out.append(' ').append(cell.apply(each)).append(" |"));
        out.append('\n');
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    private @Nullable ProxyFigures of(String id) {
        return all.stream().filter(each -> each.id().equals(id)).findFirst().orElse(null);
    }

    /** What was to be reached, and what was. */
    String goals() {
        return """
                | | must | aim | reached |
                |---|---|---|---|
                | CPU per proxied GET, everything on | ≤ 0.35 × http-proxy-middleware | ≤ 2.5 × nginx | %s |
                | … with the limits in Redis | ≤ 0.5 × http-proxy-middleware | ≤ 4 × nginx | %s |
                | Added latency at 1,000/s, p50 / p99 | < 0.5 / 3 ms | 0.25 / 1 ms | %s |
                | 1 GB streamed through: growth of resident memory | < 64 MB | < 16 MB | %s |
                | Proxied WebSockets held | 10,000 | 20,000 | %s |
                """
                .formatted(
                        ratios(of(OURS)),
                        ratios(of("switchboard-redis")),
                        added(of(OURS), of(GatewayBenchmark.DIRECT)),
                        download == null ? NONE : number("%.0f MB", download.growthBytes() / MB),
                        held.isEmpty()
                                ? NONE
                                : held.stream().map(GatewayReport::sockets).collect(Collectors.joining("; ")));
    }

    private static String sockets(HeldSockets held) {
        return number("%,.0f", held.count())
                + (held.gateways() > 1 ? number(" by %.0f gateways", held.gateways()) : "")
                + number(", %.1f KB each", held.bytes() / KB);
    }

    private String ratios(@Nullable ProxyFigures ours) {
        ProxyFigures middleware = of("http-proxy-middleware");
        ProxyFigures nginx = of("nginx");
        if (ours == null || middleware == null || nginx == null) {
            return NONE;
        }
        return number("%.2f × http-proxy-middleware", ours.cpuMicros() / middleware.cpuMicros())
                + number(", %.1f × nginx", ours.cpuMicros() / nginx.cpuMicros());
    }

    private static String added(@Nullable ProxyFigures ours, @Nullable ProxyFigures direct) {
        return ours == null || direct == null
                ? NONE
                : number("%.2f", ours.p50() - direct.p50()) + number(" / %.2f ms", ours.p99() - direct.p99());
    }

    /** The whole document. */
    String document() {
        return """
                # Benchmark of the gateway

                Written by `bench/gateway`; do not edit. Absolute figures belong to the machine, so look at the ratios: all were
                driven in one run by the same clients, in front of the same service.

                %s
                %s
                With Redis frozen (`SIGSTOP`) under 1,000/s: %s. The node's own buckets decide then.

                ## What was measured

                - **Machine**: %s. The gateway has one core to itself (`taskset`); the generator, the service (nginx), Redis and
                  the database share another.
                - **With**: Switchboard %s, Vert.x %s, Netty %s, JDK %s, Node.js %s; on %s.
                - **JVM flags**: `%s`.
                - **Switchboard**: a whole node as it comes from the box, with a route table: a bearer token is checked on each
                  request (1,000 users, HS256), a bucket for each user is taken from, but never empty, all security, limit,
                  tracing, forwarding and identity headers are written. No access log. The others forward, and nothing else:
                  no token, no limit, no header of their own, no log; all keep their connections to the service.
                - **CPU** is the proxy's user and system time from `/proc`, all threads, garbage collection and just-in-time
                  compiler with it, under full load of %d connections (closed loop): the middle one of five slices of %.0f s, after
                  %.0f s of the same load for Switchboard, 6 s for Node.js and 3 s for the others. The answer has
                  %d bytes.
                - **Latency**: %,d requests a second on average, at random (Poisson) times that do not depend on the answers; it
                  runs from the moment at which a request was *due*, so that a stall counts. Added is what is more than without
                  a gateway, percentile by percentile.
                - **1 GB**: one answer with a length, from nginx; the highest `VmRSS` seen while it passed, less the one before.
                - **WebSockets**: each has echoed a message on opening, and again when all were open. Growth of `VmRSS` after 200
                  came and went; %s after a garbage collection. A proxied socket is two open files: a limit of open files per
                  process (`ulimit -Hn`, here %s) below 40,500 bounds how many one gateway can hold; then two are tried as well.

                ## Again

                ```
                bench/gateway                      # everything, five minutes; writes this page
                bench/gateway --quick              # does it work? prints only
                bench/gateway --only nginx,sockets # some of it; prints only
                ```

                It needs Linux with two cores, a JDK and Maven, nginx, HAProxy, Node.js and npm. Let nothing else run meanwhile.
                """
                .formatted(
                        goals(),
                        table(),
                        slowRedis == null ? "not measured" : slowRedis,
                        Machine.description(),
                        Machine.firstLine("(no repository)", "git", "describe", "--always", "--dirty"),
                        Machine.library("io.vertx", "vertx-core"),
                        Machine.library("io.netty", "netty-transport"),
                        System.getProperty("java.runtime.version"),
                        Machine.firstLine("(none)", "node", "--version"),
                        LocalDate.now(ZoneOffset.UTC),
                        String.join(" ", Target.JVM_FLAGS),
                        ProxyFigures.CONNECTIONS,
                        2 * settings.seconds() / 5,
                        settings.warmUpSeconds(),
                        Proxies.ANSWER_BYTES,
                        ProxyFigures.STEADY_RATE,
                        held.isEmpty()
                                ? NONE
                                : number("%.1f KB each", held.get(0).collectedBytes() / KB),
                        Machine.firstLine("?", "bash", "-c", "ulimit -Hn"));
    }
}
