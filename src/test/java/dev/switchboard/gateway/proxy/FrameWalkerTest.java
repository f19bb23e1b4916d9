package dev.switchboard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class FrameWalkerTest {
    private static final int[] LENGTHS = {0, 1, 125, 126, 127, 255, 256, 65_535, 65_536, 70_000};

    private static byte[] frame(Random random, int opcode, int length) {
        var frame = new ByteArrayOutputStream();
        int mask = random.nextBoolean() ? 0x80 : 0;
        frame.write(random.nextInt(16) << 4 | opcode);
        if (length <= 125 && random.nextInt(4) > 0) {
            frame.write(mask | length);
        } else if (length <= 0xFFFF && random.nextInt(4) > 0) {
            frame.write(mask | 126);
            frame.writeBytes(ByteBuffer.allocate(2).putShort((short) length).array());
        } else {
            frame.write(mask | 127);
            frame.writeBytes(ByteBuffer.allocate(8).putLong(length).array());
        }
        byte[] rest = new byte[length + (mask == 0 ? 0 : 4)];
        random.nextBytes(rest);
        frame.writeBytes(rest);
        return frame.toByteArray();
    }

    @Property(tries = 300)
    void itKnowsWhereFramesEndHoweverTheyAreCutUp(@ForAll long seed, @ForAll @IntRange(min = 1, max = 5_000) int most) {
        var random = new Random(seed);
        var stream = new ByteArrayOutputStream();
        List<Integer> ends = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            stream.writeBytes(frame(random, random.nextInt(8), LENGTHS[random.nextInt(LENGTHS.length)]));
            ends.add(stream.size());
        }
        ByteBuf all = Unpooled.wrappedBuffer(stream.toByteArray());
        var walker = new FrameWalker();
        for (int at = 0; at < all.readableBytes(); ) {
            int length = Math.min(1 + random.nextInt(most), all.readableBytes() - at);
            walker.walk(all.slice(at, length));
            at += length;
            assertThat(walker.atBoundary()).as("after %s bytes", at).isEqualTo(ends.contains(at));
        }
        assertThat(walker.closed()).isFalse();

        var stopping = new FrameWalker();
        int first = ends.get(0);
        stopping.walk(all.slice(0, 1));
        assertThat(stopping.walkToBoundary(all.slice(1, all.readableBytes() - 1)))
                .isEqualTo(first - 1);
        assertThat(stopping.atBoundary()).isTrue();
    }

    @Property(tries = 100)
    void itSeesACloseFrameOnceItIsWhole(@ForAll long seed) {
        var random = new Random(seed);
        byte[] close = frame(random, 8, random.nextInt(100));
        var walker = new FrameWalker();
        for (int i = 0; i < close.length; i++) {
            assertThat(walker.closed()).isFalse();
            walker.walk(Unpooled.wrappedBuffer(close, i, 1));
        }
        assertThat(walker.closed()).isTrue();
    }

    @Test
    void afterALengthThatNoFrameHasItIsLost() {
        var walker = new FrameWalker();
        walker.walk(Unpooled.wrappedBuffer(new byte[] {(byte) 0x82, 127, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0}));
        walker.walk(Unpooled.wrappedBuffer(new byte[100]));
        assertThat(walker.atBoundary()).isFalse();
        assertThat(walker.walkToBoundary(Unpooled.wrappedBuffer(new byte[100]))).isEqualTo(100);
        assertThat(walker.atBoundary()).isFalse();
    }
}
