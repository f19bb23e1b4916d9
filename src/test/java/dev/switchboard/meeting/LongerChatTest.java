package dev.switchboard.meeting;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.spi.merge.MergingValue;
import dev.switchboard.bus.Json;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Which of two chats of one meeting is kept. */
class LongerChatTest {
    private static final UUID MEETING = new UUID(0, 1);

    /** Hazelcast's view of a chat; its raw value is its own text. */
    @SuppressWarnings("unchecked")
    private static MergingValue<String> chat(long head) {
        String text = Json.text(new Chat(MEETING, head, List.of()));
        return (MergingValue<String>) Proxy.newProxyInstance(
                LongerChatTest.class.getClassLoader(),
                new Class<?>[] {MergingValue.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getValue", "getRawValue" -> text;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private static long kept(long merging, Long existing) {
        Object kept = new LongerChat().merge(chat(merging), existing == null ? null : chat(existing));
        return Json.parse((String) kept, Chat.class).head();
    }

    @Test
    void numbersNeverGoBack() {
        assertThat(kept(5, null)).isEqualTo(5);
        assertThat(kept(5, 3L)).isEqualTo(5);
        assertThat(kept(3, 5L)).isEqualTo(5);
    }
}
