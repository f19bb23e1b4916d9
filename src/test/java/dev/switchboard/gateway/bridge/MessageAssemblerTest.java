package dev.switchboard.gateway.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class MessageAssemblerTest {
    private final MessageAssembler assembler = new MessageAssembler();

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }

    /** Wherever the frames of a message are cut, even inside a character, the message is the same. */
    @Property
    void cutsDoNotMatter(@ForAll String content, @ForAll @Size(max = 5) int @IntRange(min = 0, max = 1000) [] cuts)
            throws Exception {
        String text = content.replaceAll("\\p{Cs}", "");
        byte[] all = text.getBytes(StandardCharsets.UTF_8);
        int from = 0;
        for (int cut : cuts) {
            int to = Math.max(from, Math.min(all.length, cut));
            assertThat(assembler.add(Unpooled.wrappedBuffer(all, from, to - from), false, 1 << 20))
                    .isNull();
            from = to;
        }
        assertThat(assembler.add(Unpooled.directBuffer().writeBytes(all, from, all.length - from), true, 1 << 20))
                .isEqualTo(text);
        assertThat(assembler.add(bytes("next"), true, 1 << 20)).isEqualTo("next");
    }

    /** Vert.x's own aggregation throws here. */
    @Example
    void theFirstFragmentMayBeEmpty() throws Exception {
        assertThat(assembler.add(Unpooled.EMPTY_BUFFER, false, 100)).isNull();
        assertThat(assembler.add(bytes("rest"), true, 100)).isEqualTo("rest");
    }

    @Example
    void theReplacementCharacterItselfIsText() throws Exception {
        assertThat(assembler.add(bytes("a\uFFFDb"), true, 100)).isEqualTo("a\uFFFDb");
    }

    @Example
    void invalidUtf8IsRefused() {
        byte[][] bad = {
            {(byte) 0xFF},
            {'a', (byte) 0xC3},
            {(byte) 0xC0, (byte) 0x80},
            {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
            {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80}
        };
        for (byte[] bytes : bad) {
            assertThatExceptionOfType(MessageAssembler.Refused.class)
                    .isThrownBy(() -> assembler.add(Unpooled.wrappedBuffer(bytes), true, 100))
                    .satisfies(e -> assertThat(e.code()).isEqualTo(CloseCode.NOT_UTF8));
        }
    }

    @Example
    void fragmentsDoNotGoRoundTheBound() throws Exception {
        assertThat(assembler.add(bytes("x".repeat(60)), false, 100)).isNull();
        assertThatExceptionOfType(MessageAssembler.Refused.class)
                .isThrownBy(() -> assembler.add(bytes("x".repeat(41)), false, 100))
                .satisfies(e -> assertThat(e.code()).isEqualTo(CloseCode.TOO_BIG));
        assertThat(assembler.add(bytes("x".repeat(100)), true, 100)).hasSize(100);
    }
}
