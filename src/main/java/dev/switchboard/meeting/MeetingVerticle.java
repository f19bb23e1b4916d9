package dev.switchboard.meeting;

import com.hazelcast.core.HazelcastInstance;
import dev.switchboard.bus.Bus;
import dev.switchboard.bus.ClusterRecords;
import dev.switchboard.bus.Handlers;
import dev.switchboard.bus.Mailboxes;
import dev.switchboard.bus.RecordStore;
import dev.switchboard.protocol.Part;
import dev.switchboard.storage.Database;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Clock;
import java.util.Set;
import java.util.function.Supplier;

/** One shard of the meetings of this node. */
public final class MeetingVerticle extends VerticleBase {
    /** How often it is looked at what is due. */
    private static final long TICK_MS = 500;

    private final int shardIndex;
    private final Bus bus;
    private final Database database;
    private final HazelcastInstance hazelcast;
    private final Supplier<MeetingOptions> options;
    private final MeetingMeters meters;
    private boolean sweeping;

    /** @param options asked for each time: they may change */
    public MeetingVerticle(
            int shardIndex,
            Bus bus,
            Database database,
            HazelcastInstance hazelcast,
            Supplier<MeetingOptions> options,
            MeetingMeters meters) {
        this.shardIndex = shardIndex;
        this.bus = bus;
        this.database = database;
        this.hazelcast = hazelcast;
        this.options = options;
        this.meters = meters;
    }

    @Override
    public Future<?> start() {
        RecordStore<MeetingEntry> records =
                new ClusterRecords<>(vertx, bus.ownership(), hazelcast, "meetings", MeetingEntry.class);
        RecordStore<Chat> chats = new ClusterRecords<>(vertx, bus.ownership(), hazelcast, "meeting-chats", Chat.class);
        MeetingLog log = new PgMeetingLog(database);
        MeetingNews news = new MeetingNews(bus);
        Meetings meetings =
                new Meetings(records, chats, log, news, () -> options.get().times(), Clock.systemUTC());
        Handlers handlers = new Handlers();
        new MeetingRequests(meetings, log, () -> options.get().maxParticipants()).register(handlers);
        MeetingPresence presence =
                new MeetingPresence(meetings, new MeetingChat(chats, meetings, news), new Mailboxes(bus));
        presence.register(handlers);
        vertx.setPeriodic(TICK_MS, t -> sweep(meetings, presence));
        return bus.serve(Part.MEETING, shardIndex, handlers);
    }

    @Override
    public Future<?> stop() {
        meters.shard(shardIndex, 0);
        return Future.succeededFuture();
    }

    /** Carries out what is due for the meetings that are this shard's now. */
    private void sweep(Meetings meetings, MeetingPresence presence) {
        if (sweeping) {
            return;
        }
        sweeping = true;
        Set<String> nodes = bus.ownership().nodes();
        meetings.owned(shardIndex)
                .onSuccess(ids -> {
                    presence.retain(ids);
                    meters.shard(shardIndex, ids.size());
                })
                .compose(ids -> Future.join(
                        ids.stream().map(id -> meetings.sweep(id, nodes)).toList()))
                .onComplete(done -> sweeping = false);
    }
}
