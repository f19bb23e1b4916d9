package dev.switchboard.bench;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** The figures of calls as {@code docs/benchmarks-calls.md}. */
final class CallsReport {
    private final CallsSettings settings;
    private final List<CallFigures> all;

    CallsReport(CallsSettings settings, List<CallFigures> all) {
        this.settings = settings;
        this.all = all;
    }

    private String table() {
        StringBuilder out = new StringBuilder("| |");
        all.forEach(each -> out.append(' ').append(each.nodes()).append(" nodes |"));
        out.append("\n|---|").append("---|".repeat(all.size())).append('\n');
        row(out, "Calls begun and ended a second", each -> text("%.0f", each.perSecond()));
        row(out, "`call:initiate` → `call:incoming` on another node, p50 / p99", each -> each.incoming()
                .toString());
        row(out, "`call:answer` → `call:accepted`, p50 / p99", each -> each.accepted()
                .toString());
        row(out, "`call:initiate` → both are connected, p50 / p99", each -> each.active()
                .toString());
        row(out, "CPU of a call, all nodes", each -> text("%.2f ms", each.cpuMillis()));
        row(out, "… of the database", each -> text("%.2f ms", each.databaseMillis()));
        row(out, "Calls held", each -> text("%,.0f", each.held()));
        row(out, "Memory of a call, all nodes", each -> text("%.2f KB", each.bytes() / 1_000));
        return out.toString();
    }

    private static String text(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    private void row(StringBuilder out, String name, Function<CallFigures, String> cell) {
        out.append("| ").append(name).append(" |");
        all.forEach(each -> out.append(' ').append(cell.apply(each)).append(" |"));
        out.append('\n');
    }

    String document() {
        return """
                # Benchmarks: calls

                Written by `bench/calls`; do not edit. To be reached: p99 below 50 ms from `call:initiate` to `call:incoming`
                at 200 calls a second, at most 10 KB for a call that is held, with all nodes on one machine of two cores.

                %s
                - **Machine**: %s. The nodes, the database and the generator share all of its cores.
                - **With**: Switchboard %s, Vert.x %s, JDK %s; on %s. JVM flags: `%s`.
                - **A call**: initiate, incoming, answer, accepted, offer and answer of %,d bytes, %d candidates from each side,
                  both say that they are connected, the caller ends it. Two people of a call are on different nodes, on raw
                  WebSockets; its owner may be any node. Warmed up in rounds of %.0f s at a tenth, a quarter, half and then the
                  whole of the rate, until a call cost hardly less CPU than before three times in a row (the nodes compile
                  what they use for minutes); then measured for %.0f s.
                - **Latency** runs from the moment at which `call:initiate` was *due*, so that a stall counts.
                - **Memory**: bytes of live objects (`jcmd GC.class_histogram`, after two collections) on the heaps of all nodes
                  together, with all calls connected, less the same with half of them; Hazelcast's backups are among it.
                - **CPU** is user and system time from `/proc`, garbage collection with it.
                - The limits on how many calls somebody may begin are lifted (`CALL_PER_MINUTE`); everything else is as it
                  comes from the box.

                ## Again

                ```
                bench/calls          # everything, twenty minutes; writes this page
                bench/calls --quick  # does it work? prints only
                ```

                It needs Linux with two cores, a JDK and Maven. Let nothing else run meanwhile.
                """
                .formatted(
                        table(),
                        Machine.description(),
                        Machine.firstLine("(no repository)", "git", "describe", "--always", "--dirty"),
                        Machine.library("io.vertx", "vertx-core"),
                        System.getProperty("java.runtime.version"),
                        LocalDate.now(ZoneOffset.UTC),
                        String.join(" ", Target.JVM_FLAGS),
                        CallPairs.SDP_BYTES,
                        CallPairs.CANDIDATES,
                        settings.warmUpSeconds(),
                        settings.seconds());
    }
}
