package dev.switchboard.bus;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Operation;
import dev.switchboard.protocol.Operations;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;

/** How {@link Envelope}, {@link Answer} and {@link Delivery} cross the wire; within a node they pass as they are. */
abstract class RecordCodec<T> implements MessageCodec<T, T> {
    /** Enough for most requests. */
    private static final int FIRST_BYTES = 512;

    /** Reads a value that others follow. */
    private static final ObjectReader ITEM =
            Json.MAPPER.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final String name;

    private RecordCodec(Class<T> type) {
        this.name = type.getSimpleName();
    }

    @Override
    public T transform(T message) {
        return message;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public byte systemCodecID() {
        return -1;
    }

    static final RecordCodec<Envelope> ENVELOPE = new RecordCodec<>(Envelope.class) {
        @Override
        public void encodeToWire(Buffer buffer, Envelope e) {
            writeJson(buffer, e.operation(), e.caller(), e.body());
        }

        @Override
        public Envelope decodeFromWire(int pos, Buffer buffer) {
            return readJson(pos, buffer, (operation, items) -> {
                Caller caller = items.next(Caller.class);
                return new Envelope(operation, caller, items.next(operation.request()));
            });
        }
    };

    static final RecordCodec<Answer> ANSWER = new RecordCodec<>(Answer.class) {
        @Override
        public void encodeToWire(Buffer buffer, Answer a) {
            writeJson(buffer, a.operation(), a.body());
        }

        @Override
        public Answer decodeFromWire(int pos, Buffer buffer) {
            return readJson(pos, buffer, (operation, items) -> new Answer(operation, items.next(operation.reply())));
        }
    };

    /** Binary: address, first number, then the events' own bytes, which are not parsed again on the way. */
    static final RecordCodec<Delivery> DELIVERY = new RecordCodec<>(Delivery.class) {
        @Override
        public void encodeToWire(Buffer buffer, Delivery d) {
            writeBytes(buffer, d.address().getBytes(StandardCharsets.UTF_8));
            buffer.appendLong(d.firstSeq());
            buffer.appendInt(d.events().size());
            d.events().forEach(event -> writeBytes(buffer, event));
        }

        @Override
        public Delivery decodeFromWire(int start, Buffer buffer) {
            int pos = start;
            byte[] address = readBytes(pos, buffer);
            pos += Integer.BYTES + address.length;
            long firstSeq = buffer.getLong(pos);
            pos += Long.BYTES;
            int count = buffer.getInt(pos);
            pos += Integer.BYTES;
            List<byte[]> events = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                byte[] event = readBytes(pos, buffer);
                pos += Integer.BYTES + event.length;
                events.add(event);
            }
            return new Delivery(new String(address, StandardCharsets.UTF_8), firstSeq, events);
        }
    };

    /** One JSON array: the operation's address, then the values. */
    private static void writeJson(Buffer buffer, Operation<?, ?> operation, Object... values) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(FIRST_BYTES);
        try (JsonGenerator out = Json.MAPPER.createGenerator(bytes)) {
            out.writeStartArray();
            out.writeString(operation.address());
            for (Object value : values) {
                out.writePOJO(value);
            }
            out.writeEndArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        writeBytes(buffer, bytes.toByteArray());
    }

    /** What follows in an array. */
    private record Items(JsonParser in) {
        <T> T next(Class<T> type) {
            try {
                in.nextToken();
                return Objects.requireNonNull(ITEM.forType(type).readValue(in));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static <T> T readJson(int pos, Buffer buffer, BiFunction<Operation<?, ?>, Items, T> rest) {
        try (JsonParser in = Json.MAPPER.createParser(readBytes(pos, buffer))) {
            in.nextToken();
            String address = in.nextTextValue();
            Operation<?, ?> operation = address == null ? null : Operations.at(address);
            if (operation == null) {
                throw new IllegalArgumentException("an operation of another version: " + address);
            }
            return rest.apply(operation, new Items(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void writeBytes(Buffer buffer, byte[] bytes) {
        buffer.appendInt(bytes.length);
        buffer.appendBytes(bytes);
    }

    private static byte[] readBytes(int pos, Buffer buffer) {
        int length = buffer.getInt(pos);
        return buffer.getBytes(pos + Integer.BYTES, pos + Integer.BYTES + length);
    }
}
