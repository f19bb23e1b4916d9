package dev.switchboard.bus;

import com.hazelcast.config.Config;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.DataSerializableFactory;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Replaces the text of a key where it is what it was thought to be. The maps' own {@code replace} makes a thread wait, and
 * half of what it costs is waking it.
 */
public final class CompareAndSet
        implements EntryProcessor<String, String, @Nullable String>, IdentifiedDataSerializable {
    private static final long serialVersionUID = 1L;

    /** Numbers of this project, and of this class in it, in Hazelcast's serialization. */
    private static final int FACTORY = 1;

    private static final int CLASS = 1;

    /** Stands for a key that is not there. */
    private static final String ABSENT = "";

    private String before = ABSENT;
    private String after = ABSENT;

    /** Whether it happened, and is to be repeated without asking where the backup is. */
    private boolean done;

    private CompareAndSet() {}

    private CompareAndSet(String before, String after, boolean done) {
        this.before = before;
        this.after = after;
        this.done = done;
    }

    /** To be called for the configuration of every member: each must be able to read what others send. */
    public static void register(Config config) {
        DataSerializableFactory factory = type -> type == CLASS ? new CompareAndSet() : null;
        config.getSerializationConfig().addDataSerializableFactory(FACTORY, factory);
    }

    /**
     * Runs it.
     *
     * @param before null where nothing must be there
     * @param after null to remove
     * @return what stood in the way: null when it happened, an empty text when nothing is there
     */
    public static Future<@Nullable String> in(
            Vertx vertx, IMap<String, String> map, String key, @Nullable String before, @Nullable String after) {
        CompareAndSet change = new CompareAndSet(
                Objects.requireNonNullElse(before, ABSENT), Objects.requireNonNullElse(after, ABSENT), false);
        return ClusterFuture.of(vertx, () -> map.submitToKey(key, change));
    }

    @Override
    public @Nullable String process(Map.Entry<String, String> entry) {
        String current = Objects.requireNonNullElse(entry.getValue(), ABSENT);
        if (!done && !current.equals(before)) {
            return current;
        }
        entry.setValue(after.equals(ABSENT) ? null : after);
        done = true;
        return null;
    }

    @Override
    public @Nullable EntryProcessor<String, String, @Nullable String> getBackupProcessor() {
        return done ? new CompareAndSet(ABSENT, after, true) : null;
    }

    @Override
    public int getFactoryId() {
        return FACTORY;
    }

    @Override
    public int getClassId() {
        return CLASS;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        out.writeString(before);
        out.writeString(after);
        out.writeBoolean(done);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        before = Objects.requireNonNull(in.readString());
        after = Objects.requireNonNull(in.readString());
        done = in.readBoolean();
    }
}
