package dev.switchboard.gateway.bridge;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Puts the frames of one socket's messages together (RFC 6455 §5.4). Vert.x's own aggregation throws on an empty first
 * fragment and replaces invalid UTF-8 instead of refusing it (RFC 6455 §8.1).
 */
final class MessageAssembler {
    private static final char REPLACEMENT = '\uFFFD';

    private byte @Nullable [] fragments;
    private int length;

    /** Why a socket cannot go on. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;
        private final CloseCode code;

        Refused(CloseCode code) {
            super(code.reason(), null, false, false);
            this.code = code;
        }

        CloseCode code() {
            return code;
        }
    }

    /**
     * Takes the payload of a text, binary or continuation frame. Netty has checked that fragments come in order.
     *
     * @return the message, once its last frame is here
     */
    @Nullable
    String add(ByteBuf payload, boolean last, int maxBytes) throws Refused {
        int added = payload.readableBytes();
        if (length + added > maxBytes) {
            drop();
            throw new Refused(CloseCode.TOO_BIG);
        }
        if (fragments == null && last && payload.hasArray()) {
            return text(payload.array(), payload.arrayOffset() + payload.readerIndex(), added);
        }
        byte[] all = room(added, last);
        payload.getBytes(payload.readerIndex(), all, length, added);
        length += added;
        if (!last) {
            return null;
        }
        int complete = length;
        drop();
        return text(all, 0, complete);
    }

    /** Space for so many bytes more; twice as much as before, lest many small fragments be copied over and over. */
    private byte[] room(int more, boolean last) {
        byte[] all = fragments;
        if (all == null) {
            all = new byte[more];
        } else if (all.length < length + more) {
            all = Arrays.copyOf(all, last ? length + more : Math.max(length + more, 2 * all.length));
        }
        fragments = all;
        return all;
    }

    private void drop() {
        fragments = null;
        length = 0;
    }

    private static String text(byte[] bytes, int offset, int length) throws Refused {
        String text = new String(bytes, offset, length, StandardCharsets.UTF_8);
        // Decoding again is needed only to tell a replacement from the same character as the client sent it.
        if (text.indexOf(REPLACEMENT) >= 0) {
            try {
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, offset, length));
            } catch (CharacterCodingException e) {
                throw new Refused(CloseCode.NOT_UTF8);
            }
        }
        return text;
    }
}
