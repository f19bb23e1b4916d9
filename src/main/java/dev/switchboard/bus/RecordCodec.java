package dev.switchboard.bus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Operation;
import dev.switchboard.protocol.Operations;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** How {@link Envelope}, {@link Answer} and {@link Delivery} cross the wire; within a node they pass as they are. */
abstract class RecordCodec<T> implements MessageCodec<T, T> {
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
            writeJson(buffer, e.operation(), e.body(), e.caller());
        }

        @Override
        public Envelope decodeFromWire(int pos, Buffer buffer) {
            JsonNode tree = readJson(pos, buffer);
            Operation<?, ?> operation = operation(tree);
            return new Envelope(
                    operation,
                    Json.read(tree.get("caller"), Caller.class),
                    Json.read(tree.get("body"), operation.request()));
        }
    };

    static final RecordCodec<Answer> ANSWER = new RecordCodec<>(Answer.class) {
        @Override
        public void encodeToWire(Buffer buffer, Answer a) {
            writeJson(buffer, a.operation(), a.body(), null);
        }

        @Override
        public Answer decodeFromWire(int pos, Buffer buffer) {
            JsonNode tree = readJson(pos, buffer);
            Operation<?, ?> operation = operation(tree);
            return new Answer(operation, Json.read(tree.get("body"), operation.reply()));
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

    private static void writeJson(
            Buffer buffer, Operation<?, ?> operation, Record body, @org.jspecify.annotations.Nullable Caller caller) {
        ObjectNode tree = Json.MAPPER.createObjectNode();
        tree.put("op", operation.address());
        tree.set("body", Json.tree(body));
        if (caller != null) {
            tree.set("caller", Json.tree(caller));
        }
        writeBytes(buffer, Json.bytes(tree));
    }

    private static JsonNode readJson(int pos, Buffer buffer) {
        try {
            return Json.MAPPER.readTree(readBytes(pos, buffer));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Operation<?, ?> operation(JsonNode tree) {
        String address = tree.path("op").asText();
        Operation<?, ?> operation = Operations.at(address);
        if (operation == null) {
            throw new IllegalArgumentException("an operation of another version: " + address);
        }
        return operation;
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
