package dev.switchboard.meeting;

import dev.switchboard.ops.Meters;
import dev.switchboard.protocol.Part;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** What the meetings of a node count; one for all of its shards. */
public final class MeetingMeters {
    private final AtomicIntegerArray live = new AtomicIntegerArray(Part.SHARDS);

    public MeetingMeters(Meters meters) {
        meters.gauge("switchboard_meetings", "Meetings that this node owns and keeps in memory.", () -> {
            int sum = 0;
            for (int i = 0; i < live.length(); i++) {
                sum += live.get(i);
            }
            return sum;
        });
    }

    /** The meetings of a shard now. */
    void shard(int index, int meetings) {
        live.set(index, meetings);
    }
}
