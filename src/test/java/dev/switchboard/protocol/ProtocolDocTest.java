package dev.switchboard.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.gateway.bridge.CloseCode;
import dev.switchboard.protocol.Operation.Access;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Keeps the tables of {@code docs/protocol.md} true: what is declared is described, what is described is declared. A
 * failure shows the row as it should be.
 */
class ProtocolDocTest {
    private static final Path DOC = Path.of("docs", "protocol.md");

    /** Data of events that are pushed, other than {@link Message} and {@link Conversation}. */
    private static final List<Class<?>> EVENT_DATA = List.of(
            RoomOperations.TypingState.class,
            RoomOperations.ReadState.class,
            RoomOperations.ParticipantState.class,
            ConversationOperations.Updated.class,
            ConversationOperations.Removed.class,
            ParticipantOperations.PresenceState.class);

    @Test
    void everyOperationIsDescribed() throws IOException {
        assertThat(rows("Operations", 5))
                .containsExactlyInAnyOrderElementsOf(
                        Operations.ALL.stream().map(ProtocolDocTest::row).toList());
    }

    @Test
    void whatEveryWriteDoesWhenItIsSentAgainIsDescribed() throws IOException {
        List<String> described = rows("Sending again", 1).stream()
                .flatMap(cell -> Arrays.stream(cell.split(", ")))
                .toList();
        assertThat(described).doesNotHaveDuplicates();
        assertThat(described)
                .containsAll(Operations.ALL.stream()
                        .filter(operation -> operation.http().stream()
                                .anyMatch(route -> !route.method().equals("GET")))
                        // It only asks; its question is too long for an address.
                        .filter(operation -> !operation.equals(AccountOperations.VALIDATE_TOKEN))
                        .map(operation -> "`" + operation.address() + "`")
                        .toList());
    }

    @Test
    void everyObjectIsDescribed() throws IOException {
        Set<Class<?>> objects = new LinkedHashSet<>();
        objects.add(Event.class);
        EVENT_DATA.forEach(data -> collect(data, objects));
        for (Operation<?, ?> operation : Operations.ALL) {
            if (operation.access() != Access.INTERNAL) {
                nested(operation.reply()).forEach(type -> collect(type, objects));
                if (isObject(operation.reply())) {
                    collect(operation.reply(), objects);
                }
            }
        }
        assertThat(rows("Objects", 2))
                .containsExactlyInAnyOrderElementsOf(objects.stream()
                        .map(type -> "`" + type.getSimpleName() + "` | `" + shape(type, false) + "`")
                        .toList());
    }

    @Test
    void everyEventIsDescribed() throws IOException {
        assertThat(rows("Events", 1)).containsExactlyInAnyOrderElementsOf(constants(Event.class));
    }

    @Test
    void everyFaultIsDescribed() throws IOException {
        assertThat(rows("Errors", 3))
                .containsExactlyInAnyOrderElementsOf(Stream.of(Fault.values())
                        .filter(fault -> fault != Fault.MOVED)
                        .map(fault -> "`" + fault.code() + "` | " + fault.status() + " | " + yes(fault.retryable()))
                        .toList());
    }

    @Test
    void everyCloseCodeIsDescribed() throws IOException {
        assertThat(rows("Close codes", 3))
                .containsExactlyInAnyOrderElementsOf(Stream.of(CloseCode.values())
                        .map(code -> code.code() + " | `" + code.reason() + "` | " + yes(code.retry()))
                        .toList());
    }

    private static String row(Operation<?, ?> operation) {
        boolean internal = operation.access() == Access.INTERNAL;
        String routes = operation.http().stream()
                .map(route -> "`" + route.method() + " " + route.path() + "` " + route.status())
                .collect(Collectors.joining("<br>"));
        return String.join(
                " | ",
                "`" + operation.address() + "`",
                routes.isEmpty() ? "–" : routes,
                operation.access().name().toLowerCase(Locale.ROOT),
                "`" + shape(operation.request(), !internal) + "`",
                "`"
                        + (isObject(operation.reply())
                                ? operation.reply().getSimpleName()
                                : shape(operation.reply(), false))
                        + "`");
    }

    /** A record that has a name in the documentation; the others are written out where they are used. */
    private static boolean isObject(Class<?> type) {
        return type.isRecord() && type.getDeclaringClass() == null && type != Nothing.class;
    }

    /** @param fromOutside leaves out what the door fills in, whatever a client says */
    private static String shape(Class<?> type, boolean fromOutside) {
        return Arrays.stream(type.getRecordComponents())
                .filter(component ->
                        !fromOutside || !component.getAnnotatedType().isAnnotationPresent(Rules.FromDoor.class))
                .map(component -> component.getName()
                        + (component.getAnnotatedType().isAnnotationPresent(Nullable.class) ? "?" : "")
                        + kind(component))
                .collect(Collectors.joining(", ", "{", "}"));
    }

    private static String kind(RecordComponent component) {
        @Nullable Class<?> nested = nested(component);
        if (nested == null) {
            return "";
        }
        return component.getType().isRecord() ? ": " + nested.getSimpleName() : ": [" + nested.getSimpleName() + "]";
    }

    private static List<Class<?>> nested(Class<?> type) {
        List<Class<?>> found = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            @Nullable Class<?> nested = nested(component);
            if (nested != null) {
                found.add(nested);
            }
        }
        return found;
    }

    /** The record that a field holds, or holds a list of; null when it is a plain value. */
    private static @Nullable Class<?> nested(RecordComponent component) {
        if (component.getType().isRecord()) {
            return component.getType();
        }
        if (component.getGenericType() instanceof ParameterizedType list) {
            Type item = list.getActualTypeArguments()[0];
            Type raw = item instanceof ParameterizedType generic ? generic.getRawType() : item;
            return raw instanceof Class<?> type && type.isRecord() ? type : null;
        }
        return null;
    }

    private static void collect(Class<?> type, Set<Class<?>> into) {
        if (into.add(type)) {
            nested(type).forEach(inner -> collect(inner, into));
        }
    }

    private static List<String> constants(Class<?> type) {
        List<String> values = new ArrayList<>();
        for (Field field : type.getFields()) {
            if (field.getType() == String.class) {
                try {
                    values.add("`" + field.get(null) + "`");
                } catch (IllegalAccessException e) {
                    throw new AssertionError(e);
                }
            }
        }
        return values;
    }

    private static String yes(boolean value) {
        return value ? "yes" : "no";
    }

    /** The first columns of all tables of a section, without their heads. */
    private static List<String> rows(String section, int columns) throws IOException {
        List<String> rows = new ArrayList<>();
        boolean inside = false;
        boolean body = false;
        for (String line : Files.readAllLines(DOC)) {
            if (line.startsWith("## ")) {
                inside = line.equals("## " + section);
            }
            if (!inside || !line.startsWith("|")) {
                body = false;
            } else if (line.startsWith("|---")) {
                body = true;
            } else if (body) {
                rows.add(Arrays.stream(line.split("\\|"))
                        .skip(1)
                        .limit(columns)
                        .map(String::strip)
                        .collect(Collectors.joining(" | ")));
            }
        }
        assertThat(rows).as("rows under \"## %s\" in %s", section, DOC).isNotEmpty();
        return rows;
    }
}
