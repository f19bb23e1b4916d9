package dev.switchboard.meeting;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.spi.merge.MergingValue;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import dev.switchboard.bus.Json;
import org.jspecify.annotations.Nullable;

/**
 * Of two chats of one meeting, when halves of a cluster that both had it meet again: the one with the higher head, so that
 * nobody has heard of higher numbers than will be given next. Made by Hazelcast, by its name in {@code cluster.xml}.
 */
public final class LongerChat implements SplitBrainMergePolicy<String, MergingValue<String>, Object> {
    @Override
    public Object merge(MergingValue<String> merging, @Nullable MergingValue<String> existing) {
        return existing == null || head(merging) > head(existing) ? merging.getRawValue() : existing.getRawValue();
    }

    private static long head(MergingValue<String> chat) {
        return Json.parse(chat.getValue(), Chat.class).head();
    }

    @Override
    public void writeData(ObjectDataOutput out) {
        // It has no state.
    }

    @Override
    public void readData(ObjectDataInput in) {
        // It has no state.
    }
}
