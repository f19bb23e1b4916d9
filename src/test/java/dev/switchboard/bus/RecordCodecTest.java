package dev.switchboard.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.ParticipantOperations;
import dev.switchboard.protocol.ParticipantOperations.Online;
import dev.switchboard.protocol.ParticipantOperations.Query;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What one node says, as another one reads it. */
class RecordCodecTest {
    private static final UUID USER = new UUID(1, 2);

    private static <T> Buffer written(RecordCodec<T> codec, String before, T value) {
        Buffer buffer = Buffer.buffer(before);
        codec.encodeToWire(buffer, value);
        return buffer;
    }

    @Property(tries = 200)
    void aRequestArrivesAsItWas(@ForAll String name, @ForAll String before) {
        Caller caller = new Caller(USER, name, "Ünï", Set.of("admin"), null, "socket", "request");
        Envelope sent = new Envelope(ParticipantOperations.QUERY, caller, new Query(List.of(USER)));
        Buffer wire = written(RecordCodec.ENVELOPE, before, sent).appendString("and what follows");
        int at = before.getBytes(StandardCharsets.UTF_8).length;
        assertThat(RecordCodec.ENVELOPE.decodeFromWire(at, wire)).isEqualTo(sent);
    }

    @Test
    void anAnswerArrivesAsItWas() {
        Answer sent = new Answer(ParticipantOperations.QUERY, new Online(List.of(USER)));
        assertThat(RecordCodec.ANSWER.decodeFromWire(0, written(RecordCodec.ANSWER, "", sent)))
                .isEqualTo(sent);
    }

    @Test
    void anOperationOfAnotherVersionIsRefused() {
        byte[] json = "[\"no:such\",{}]".getBytes(StandardCharsets.UTF_8);
        Buffer wire = Buffer.buffer().appendInt(json.length).appendBytes(json);
        assertThatThrownBy(() -> RecordCodec.ANSWER.decodeFromWire(0, wire))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no:such");
    }
}
