package dev.switchboard.bench;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The figures as a table and as {@code docs/benchmarks.md}. */
final class Report {
    private static final String NONE = "–";
    private static final double KB = 1_000;
    private static final String OURS = "switchboard";

    private final Settings settings;
    private final List<Figures> all;
    private final List<String> skipped;
    private final String databaseVersion;

    Report(Settings settings, List<Figures> all, List<String> skipped, String databaseVersion) {
        this.settings = settings;
        this.all = all;
        this.skipped = skipped;
        this.databaseVersion = databaseVersion;
    }

    /** One column for each server. */
    String table() {
        StringBuilder out = new StringBuilder("| |");
        all.forEach(each -> out.append(' ').append(each.title()).append(" |"));
        out.append("\n|---|").append("---|".repeat(all.size())).append('\n');
        level(out, "Most deliveries/s with p99 < 100 ms", Figures::highest, top(Figures.DELIVERY_LIMIT_MS));
        level(out, "… its p50 / p99", Figures::highest, Report::latencies);
        level(out, "… server's core busy", Figures::highest, level -> percent(level.serverBusy()));
        level(out, "… generator busy", Figures::highest, level -> percent(level.generatorBusy()));
        level(out, "… CPU per delivery", Figures::highest, Report::micros);
        level(out, "CPU per delivery at 50 000/s", Figures::steady, Report::micros);
        level(out, "… its p50 / p99", Figures::steady, Report::latencies);
        level(out, "… bytes per delivery on the wire", Figures::steady, level -> number("%.0f", level.bytes()));
        row(out, "Resident memory per idle connection", each -> memory(each.memory()));
        level(out, "Durable messages acknowledged/s with p99 < 50 ms", Figures::durable, top(Figures.DURABLE_LIMIT_MS));
        level(out, "… its p50 / p99", Figures::durable, Report::latencies);
        level(out, "… CPU per message", Figures::durable, Report::micros);
        return out.toString();
    }

    private void row(StringBuilder out, String name, Function<Figures, String> cell) {
        out.append("| ").append(name).append(" |");
        all.forEach(each -> out.append(' ').append(cell.apply(each)).append(" |"));
        out.append('\n');
    }

    private void level(
            StringBuilder out, String name, Function<Figures, @Nullable Level> which, Function<Level, String> figure) {
        row(out, name, each -> {
            Level level = which.apply(each);
            return level == null ? NONE : figure.apply(level);
        });
    }

    private static Function<Level, String> top(double limitMillis) {
        return level -> level.holds(limitMillis)
                ? number("**%,.0f**", level.achieved())
                : number("less than %,.0f", level.offered());
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    private static String latencies(Level level) {
        return String.format(Locale.ROOT, "%.1f / %.1f ms", level.p50(), level.p99());
    }

    private static String percent(double share) {
        return number("%.0f %%", 100 * share);
    }

    private static String micros(Level level) {
        String server = number("%.2f µs", level.cpuMicros());
        return level.databaseMicros() == 0
                ? server
                : server + number(" (and the database %.2f µs)", level.databaseMicros());
    }

    private static String memory(@Nullable IdleMemory memory) {
        return memory == null
                ? NONE
                : String.format(
                        Locale.ROOT,
                        "%.1f KB, %.1f KB after a garbage collection",
                        memory.bytes() / KB,
                        memory.collectedBytes() / KB);
    }

    /** Switchboard against each of the others, where both were measured. */
    String ratios() {
        Figures ours =
                all.stream().filter(each -> each.id().equals(OURS)).findFirst().orElse(null);
        if (ours == null) {
            return "";
        }
        List<String> lines = new ArrayList<>();
        for (Figures peer : all) {
            if (peer.id().equals(OURS) || peer.id().equals(Peers.ROOF)) {
                continue;
            }
            String ratios = Stream.of(
                            ratio("%.1f × the deliveries per second", ours.highest(), peer.highest(), Level::achieved),
                            ratio(
                                    "%.2f × the CPU per delivery at 50 000/s",
                                    ours.steady(), peer.steady(), Level::cpuMicros),
                            ratio(
                                    "%.2f × the memory of an idle connection",
                                    ours.memory(), peer.memory(), IdleMemory::bytes),
                            ratio(
                                    "%.2f × after a collection",
                                    ours.memory(), peer.memory(), IdleMemory::collectedBytes))
                    .flatMap(Optional::stream)
                    .collect(Collectors.joining(", "));
            lines.add("- Against the " + peer.title() + ": " + ratios + ".");
        }
        return String.join("\n", lines);
    }

    private static <T> Optional<String> ratio(
            String format, @Nullable T ours, @Nullable T peer, ToDoubleFunction<T> figure) {
        return ours == null || peer == null
                ? Optional.empty()
                : Optional.of(number(format, figure.applyAsDouble(ours) / figure.applyAsDouble(peer)));
    }

    /** The whole document. */
    String document() {
        return """
                # Benchmarks

                Written by `bench/run`; do not edit. Absolute figures belong to the machine, so look at the ratios: all servers
                were driven in one run by the same clients.

                %s
                %s
                %s
                ## What was measured

                - **Machine**: %s. The server has one core to itself (`taskset`); generator and database share another.
                - **With**: Switchboard %s, Vert.x %s, Netty %s, JDK %s, PostgreSQL %s, Node.js %s; on %s.
                - **JVM flags**, the same for all JVMs: `%s`; for the memory of idle connections also `%s`.
                - **Deliveries**: %,d clients in one room, each of them also a sender in turn; the body of a message is %d bytes as
                  JSON. Each level is warmed up for 2 s and measured for %.0f s. It holds if at least 98 %% of what was offered was
                  delivered in that time, with the 99th percentile under 100 ms, and if every client had every message in the
                  end. Five clients look at each message: none twice, and Switchboard's numbers without a gap. The search doubles
                  the rate and then halves the gap four times; a level that fails is tried once more.
                - **Latency** runs from the moment at which a message was *due*, so that a stall counts, to when a client has read
                  it; one delivery in 17 is timed.
                - **CPU** is the server process's user and system time from `/proc`, all threads and garbage collection with it.
                  Switchboard's messages are durable: it commits each before it delivers it. PostgreSQL's own time is in
                  brackets. The peers store nothing.
                - **Idle connections**: %,d, after 200 came and went; growth of `VmRSS`. Each is in three rooms: one of everybody,
                  one of 100, one of 10. Switchboard's are authenticated and have joined and registered all three.
                - **Durable messages**: 100 senders in 20 rooms, five members each, every message with a `clientId`;
                  acknowledged means committed, with `fsync` and `synchronous_commit` on.
                - **Switchboard** runs as it comes from the box, but for the limit on what one socket may send
                  (`SOCKET_MESSAGE_RATE`, `SOCKET_MESSAGE_BURST`). Clients use `/eventbus/websocket`, with a bearer token. Users and
                  memberships are put into the database by SQL, because registering 10 000 people would mean 10 000 password
                  hashes; the tokens are signed by the benchmark.
                - **The bridge** is the Vert.x `SockJSHandler` with default options, driven by its SockJS WebSocket and the clients'
                  `publish`. **Socket.IO** does `io.to(room).emit` for a client's event; WebSocket alone, otherwise defaults.
                - **The copying relay** is a server that only repeats frames as large as Switchboard's, gathered for 10 ms: the
                  most that this generator was seen to take.

                ## Again

                ```
                bench/run                            # everything, a quarter of an hour; writes this page
                bench/run --quick                    # does it work? A few minutes; prints only
                bench/run --only switchboard,bridge  # some of them; prints only
                ```

                It needs Linux with two cores, a JDK and Maven, and for Socket.IO Node.js with npm. Let nothing else run meanwhile.
                """
                .formatted(
                        table(),
                        ratios(),
                        skipped.isEmpty() ? "" : "\n" + String.join("\n", skipped) + "\n",
                        Machine.description(),
                        Machine.firstLine("(no repository)", "git", "describe", "--always", "--dirty"),
                        Machine.library("io.vertx", "vertx-core"),
                        Machine.library("io.netty", "netty-transport"),
                        System.getProperty("java.runtime.version"),
                        databaseVersion,
                        Machine.firstLine("(none)", "node", "--version"),
                        LocalDate.now(ZoneOffset.UTC),
                        String.join(" ", Target.JVM_FLAGS),
                        String.join(" ", Target.SMALL_HEAP),
                        settings.clients(),
                        Stamp.BODY_BYTES,
                        settings.seconds(),
                        settings.idleClients());
    }
}
