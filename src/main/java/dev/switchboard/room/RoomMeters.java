package dev.switchboard.room;

import dev.switchboard.ops.Meters;
import dev.switchboard.protocol.Part;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** What the rooms of a node count; one for all of its shards. */
public final class RoomMeters {
    private static final double[] BATCHES = {1, 2, 5, 10, 20, 50, 100, 200, 512};

    private final AtomicIntegerArray rooms = new AtomicIntegerArray(Part.SHARDS);
    private final AtomicIntegerArray queued = new AtomicIntegerArray(Part.SHARDS);
    private final Timer commits;
    private final DistributionSummary batches;
    private final Counter failed;
    private final Counter refused;

    public RoomMeters(Meters meters) {
        meters.gauge("switchboard_rooms_owned", "Conversations that this node owns and has loaded.", () -> sum(rooms));
        meters.gauge("switchboard_commit_queue", "Messages that wait for their commit.", () -> sum(queued));
        commits = meters.duration(
                "switchboard_commit_duration_seconds", "How long the statement takes that stores a batch of messages.");
        batches = meters.sizes("switchboard_commit_events", "Messages and changes of them in one commit.", BATCHES);
        failed =
                meters.counter("switchboard_commits_failed_total", "Commits of which it is not known what was stored.");
        refused = meters.counter(
                "switchboard_messages_refused_total", "Messages that were refused because too many waited already.");
    }

    private static int sum(AtomicIntegerArray counts) {
        int sum = 0;
        for (int i = 0; i < counts.length(); i++) {
            sum += counts.get(i);
        }
        return sum;
    }

    /** How a shard is now; each says so itself. */
    void shard(int index, int loaded, int waiting) {
        rooms.set(index, loaded);
        queued.set(index, waiting);
    }

    void committed(int events, long nanos, boolean succeeded) {
        commits.record(nanos, TimeUnit.NANOSECONDS);
        batches.record(events);
        if (!succeeded) {
            failed.increment();
        }
    }

    void refused() {
        refused.increment();
    }
}
