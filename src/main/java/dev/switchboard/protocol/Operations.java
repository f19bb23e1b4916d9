package dev.switchboard.protocol;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Every operation of the platform. */
public final class Operations {
    public static final List<Operation<?, ?>> ALL = Stream.of(
                    AccountOperations.ALL,
                    ConversationOperations.ALL,
                    RoomOperations.ALL,
                    ParticipantOperations.ALL,
                    BlockOperations.ALL,
                    CallOperations.ALL,
                    IceOperations.ALL,
                    NotificationOperations.ALL,
                    SignalOperations.ALL,
                    MeetingOperations.ALL,
                    MeetingInternals.ALL)
            .<Operation<?, ?>>flatMap(List::stream)
            .toList();

    private static final Map<String, Operation<?, ?>> BY_ADDRESS =
            ALL.stream().collect(Collectors.toUnmodifiableMap(Operation::address, Function.identity()));

    private Operations() {}

    /** The operation with this event-bus address, or null. */
    public static @Nullable Operation<?, ?> at(String address) {
        return BY_ADDRESS.get(address);
    }
}
