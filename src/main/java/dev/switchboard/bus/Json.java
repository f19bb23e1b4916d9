package dev.switchboard.bus;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;

/** Records to JSON and back: one mapper for the cluster and for both doors. Unknown fields are ignored. */
public final class Json {
    /** All times look the same, whoever took them and however exactly: three digits of a second. */
    private static final DateTimeFormatter TIME =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

    private static final int LAST_YEAR = 9_999;
    private static final int NANOS_PER_MILLI = 1_000_000;

    /** Shared and never reconfigured. Times are RFC 3339 in UTC. */
    public static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule().addSerializer(Instant.class, new TimeSerializer()))
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            // Clients hear of their mistake instead of being guessed at: a number is no text, 1.5 no whole number.
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .withCoercionConfig(LogicalType.Textual, c -> c.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .withCoercionConfig(
                    LogicalType.Boolean, c -> c.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail))
            .build();

    private Json() {}

    private static final class TimeSerializer extends StdSerializer<Instant> {
        private static final long serialVersionUID = 1L;

        TimeSerializer() {
            super(Instant.class);
        }

        @Override
        public void serialize(Instant time, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeString(text(time));
        }

        /** What {@link #TIME} writes, without all that it makes on the way: each message that is sent has three times. */
        private static String text(Instant time) {
            LocalDateTime utc = LocalDateTime.ofEpochSecond(time.getEpochSecond(), time.getNano(), ZoneOffset.UTC);
            if (utc.getYear() < 0 || utc.getYear() > LAST_YEAR) {
                return TIME.format(time);
            }
            char[] text = "0000-00-00T00:00:00.000Z".toCharArray();
            write(utc.getYear(), text, 3);
            write(utc.getMonthValue(), text, 6);
            write(utc.getDayOfMonth(), text, 9);
            write(utc.getHour(), text, 12);
            write(utc.getMinute(), text, 15);
            write(utc.getSecond(), text, 18);
            write(utc.getNano() / NANOS_PER_MILLI, text, 22);
            return new String(text);
        }

        /** @param last where the last digit stands */
        private static void write(int number, char[] text, int last) {
            int left = number;
            for (int i = last; left > 0; i--) {
                text[i] = (char) ('0' + left % 10);
                left /= 10;
            }
        }
    }

    public static byte[] bytes(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot be written as JSON: " + value.getClass(), e);
        }
    }

    public static JsonNode tree(Object value) {
        return MAPPER.valueToTree(value);
    }

    /**
     * Reads a record out of a tree.
     *
     * @throws FaultException {@link Fault#VALIDATION_FAILED}, naming every field that has the wrong type or breaks a rule
     */
    public static <T> T read(JsonNode tree, Class<T> type) {
        try {
            return MAPPER.treeToValue(tree, type);
        } catch (JsonProcessingException e) {
            throw WrongFields.of(tree, type, e);
        }
    }

    /** A value as JSON text; equal values give equal texts. */
    public static String text(Object value) {
        return new String(bytes(value), StandardCharsets.UTF_8);
    }

    /** Reads back what {@link #text} wrote. */
    public static <T> T parse(String text, Class<T> type) {
        try {
            return MAPPER.readValue(text, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot be read back: " + type, e);
        }
    }
}
