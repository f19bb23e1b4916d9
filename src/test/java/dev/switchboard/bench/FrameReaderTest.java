package dev.switchboard.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
    private final List<String> seen = new ArrayList<>();
    private final FrameReader reader = new FrameReader(
            (opcode, in, at, length) -> seen.add(opcode + ":" + in.toString(at, length, StandardCharsets.US_ASCII)));

    @Property(tries = 200)
    void framesAreFoundHoweverReadsCutThem(
            @ForAll @Size(max = 6) List<@IntRange(max = 70_000) Integer> lengths,
            @ForAll @IntRange(min = 1, max = 5_000) int read) {
        seen.clear();
        ByteBuf stream = Unpooled.buffer();
        List<String> sent = new ArrayList<>();
        for (int length : lengths) {
            String payload = "p".repeat(length);
            write(stream, payload);
            sent.add(FrameReader.TEXT + ":" + payload);
        }
        while (stream.isReadable()) {
            ByteBuf part = stream.readSlice(Math.min(read, stream.readableBytes()));
            reader.read(UnpooledByteBufAllocator.DEFAULT, part);
            assertThat(part.isReadable()).isFalse();
        }
        assertThat(seen).isEqualTo(sent);
    }

    @Test
    void aFrameBeyondAllMeasureIsRefused() {
        ByteBuf header = Unpooled.buffer().writeByte(0x81).writeByte(127).writeLong(1L << 40);

        assertThatThrownBy(() -> reader.read(UnpooledByteBufAllocator.DEFAULT, header))
                .isInstanceOf(IllegalStateException.class);
    }

    private static void write(ByteBuf out, String payload) {
        out.writeByte(0x81);
        if (payload.length() < 126) {
            out.writeByte(payload.length());
        } else if (payload.length() <= 0xFFFF) {
            out.writeByte(126).writeShort(payload.length());
        } else {
            out.writeByte(127).writeLong(payload.length());
        }
        out.writeCharSequence(payload, StandardCharsets.US_ASCII);
    }
}
