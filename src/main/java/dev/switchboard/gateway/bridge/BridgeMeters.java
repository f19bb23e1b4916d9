package dev.switchboard.gateway.bridge;

import dev.switchboard.ops.EnumCounters;
import dev.switchboard.ops.Meters;
import dev.switchboard.protocol.Operation;
import dev.switchboard.protocol.Operations;
import dev.switchboard.protocol.RoomOperations;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the event-bus doors of a node count. Safe to share between event loops. */
public final class BridgeMeters {
    /** What became of somebody's wish to go on where it was. */
    enum Resumed {
        /** It has all that it missed. */
        RECOVERED,
        /** Too much was missed, or nothing was left to go on with: it begins anew. */
        ANEW
    }

    /** What somebody came back to. */
    enum Resumable {
        CONVERSATION,
        MEETING,
        CALL
    }

    /** What carries a socket: its form may change from text to binary, this does not. */
    private enum Carried {
        /** A WebSocket with SockJS's frames. */
        SOCKJS,
        WEBSOCKET,
        /** SockJS's fallbacks. */
        HTTP
    }

    private static final String CLOSED = "switchboard_sockets_closed_total";
    private static final String CLOSED_MEANING = "Sockets that were closed: by the client, or by us and why.";

    /** What came of one kind of request. */
    private record Outcomes(Counter done, Counter failed, @Nullable Timer duration) {}

    private final Map<Carried, LongAdder> open = new EnumMap<>(Carried.class);
    private final EnumCounters<Carried> opened;
    private final EnumCounters<CloseCode> closed;
    private final Counter closedByClient;
    private final Map<Resumable, EnumCounters<Resumed>> resumes = new EnumMap<>(Resumable.class);
    private final Map<String, Outcomes> requests;
    private final Counter refused;
    private final Counter delivered;

    public BridgeMeters(Meters meters) {
        for (Carried by : Carried.values()) {
            LongAdder count = new LongAdder();
            open.put(by, count);
            meters.gauge("switchboard_sockets", "Sockets that are open.", count::sum, "carrier", Meters.label(by));
        }
        opened = meters.counters(
                "switchboard_sockets_opened_total", "Sockets that were opened.", Carried.class, "carrier");
        closed = meters.counters(CLOSED, CLOSED_MEANING, CloseCode.class, "reason");
        closedByClient = meters.counter(CLOSED, CLOSED_MEANING, "reason", "client");
        for (Resumable what : Resumable.values()) {
            resumes.put(
                    what,
                    meters.counters(
                            "switchboard_resumes_total",
                            "Clients that came back and said where they had been.",
                            Resumed.class,
                            "result",
                            "what",
                            Meters.label(what)));
        }
        Timer acknowledged = meters.duration(
                "switchboard_message_ack_duration_seconds",
                "From a message:send on a socket to its answer, which comes after the commit.");
        requests = Operations.ALL.stream()
                .filter(operation -> operation.access() != Operation.Access.INTERNAL)
                .collect(Collectors.toUnmodifiableMap(
                        Operation::address,
                        operation -> new Outcomes(
                                requests(meters, operation, "done"),
                                requests(meters, operation, "failed"),
                                operation.equals(RoomOperations.SEND) ? acknowledged : null)));
        refused = meters.counter(
                "switchboard_socket_frames_refused_total",
                "Frames from sockets that asked for nothing that is there, or for too much.");
        delivered = meters.counter("switchboard_deliveries_total", "Events that were written to sockets, one by one.");
    }

    private static Counter requests(Meters meters, Operation<?, ?> operation, String outcome) {
        return meters.counter(
                "switchboard_socket_requests_total",
                "Operations that sockets asked for.",
                "operation",
                operation.address(),
                "outcome",
                outcome);
    }

    private static Carried carried(Connection.Form form) {
        return switch (form) {
            case SOCKJS -> Carried.SOCKJS;
            case RAW_TEXT, RAW_BINARY -> Carried.WEBSOCKET;
            case FALLBACK -> Carried.HTTP;
        };
    }

    void opened(Connection.Form form) {
        open(form).increment();
        opened.increment(carried(form));
    }

    /** An open socket is gone, whoever closed it. */
    void gone(Connection.Form form) {
        open(form).decrement();
    }

    private LongAdder open(Connection.Form form) {
        return Objects.requireNonNull(open.get(carried(form)));
    }

    void closed(CloseCode code) {
        closed.increment(code);
    }

    /** By the client, or by whatever is between. */
    void closedByClient() {
        closedByClient.increment();
    }

    /** Events were written to sockets: as many as there are of both together. */
    void delivered(long events) {
        delivered.increment((double) events);
    }

    void refused() {
        refused.increment();
    }

    /** A request of a socket was answered. */
    void answered(Operation<?, ?> operation, long since, boolean done) {
        Outcomes outcomes = requests.get(operation.address());
        if (outcomes == null) {
            return;
        }
        (done ? outcomes.done() : outcomes.failed()).increment();
        Timer duration = outcomes.duration();
        if (duration != null) {
            duration.record(System.nanoTime() - since, TimeUnit.NANOSECONDS);
        }
    }

    void resumed(Resumable what, boolean recovered) {
        Objects.requireNonNull(resumes.get(what)).increment(recovered ? Resumed.RECOVERED : Resumed.ANEW);
    }
}
