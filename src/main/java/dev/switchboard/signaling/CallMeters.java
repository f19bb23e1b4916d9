package dev.switchboard.signaling;

import dev.switchboard.ops.EnumCounters;
import dev.switchboard.ops.Meters;
import dev.switchboard.protocol.Call.EndReason;
import dev.switchboard.protocol.Call.State;
import dev.switchboard.protocol.Part;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** What the calls of a node count; one for all of its shards. */
public final class CallMeters {
    /** A call that ended is none any more. */
    private static final List<State> LIVE = List.of(State.RINGING, State.CONNECTING, State.ACTIVE);

    /** Of each shard, one after the other. */
    private final AtomicIntegerArray calls = new AtomicIntegerArray(Part.SHARDS * LIVE.size());

    private final EnumCounters<EndReason> ended;

    public CallMeters(Meters meters) {
        for (State state : LIVE) {
            meters.gauge(
                    "switchboard_calls",
                    "Calls that this node owns, as of half a second ago.",
                    () -> count(state),
                    "state",
                    Meters.label(state));
        }
        ended = meters.counters(
                "switchboard_calls_ended_total",
                "Calls that this node ended; each counts once in the cluster.",
                EndReason.class,
                "reason");
    }

    private int count(State state) {
        int sum = 0;
        for (int i = LIVE.indexOf(state); i < calls.length(); i += LIVE.size()) {
            sum += calls.get(i);
        }
        return sum;
    }

    /** The calls of a shard now. */
    void shard(int index, Collection<State> states) {
        for (int i = 0; i < LIVE.size(); i++) {
            State state = LIVE.get(i);
            calls.set(index * LIVE.size() + i, (int)
                    states.stream().filter(s -> s == state).count());
        }
    }

    void ended(EndReason reason) {
        ended.increment(reason);
    }
}
