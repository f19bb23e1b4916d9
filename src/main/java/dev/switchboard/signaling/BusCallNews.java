package dev.switchboard.signaling;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.switchboard.bus.Bus;
import dev.switchboard.bus.Delivery;
import dev.switchboard.protocol.Call;
import dev.switchboard.protocol.CallOperations.Ended;
import dev.switchboard.protocol.CallOperations.Incoming;
import dev.switchboard.protocol.CallOperations.Person;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.ParticipantOperations;
import dev.switchboard.protocol.ParticipantOperations.Notice;
import dev.switchboard.protocol.ParticipantOperations.Notify;
import dev.switchboard.signaling.CallChange.Effect;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells people through the owners of their presence, who know where their sockets are. Each is asked for less time
 * than those who wait for the change have: an owner that does not answer costs nobody the answer, and is told by the next
 * sweep.
 */
final class BusCallNews implements CallNews {
    /** How often it is tried to tell somebody who is in another call: no sweep does it again. */
    private static final int TELLINGS = 4;

    private final Bus bus;
    private final Notifications notifications;
    private final Supplier<Future<Void>> pause;

    /** @param pause waits until somebody who could not be told may be asked for again */
    BusCallNews(Bus bus, Notifications notifications, Supplier<Future<Void>> pause) {
        this.bus = bus;
        this.notifications = notifications;
        this.pause = pause;
    }

    /** Data of {@code notification:new} for a call that was missed. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record MissedCall(String kind, UUID id, UUID callId, UUID fromId, @Nullable String fromName, Instant at) {}

    @Override
    public Future<Void> tell(CallEntry entry, List<Effect> effects) {
        Future<Void> all = Future.succeededFuture();
        for (Effect effect : effects) {
            all = all.compose(done -> tell(entry, effect));
        }
        return entry.call().isOver() ? all.onSuccess(told -> release(entry.call())) : all;
    }

    /** Nodes need not speak for the sockets of a call that is over, now that they have been told. */
    private void release(CallRecord call) {
        for (Leg leg : List.of(call.caller(), call.callee())) {
            String node = leg.nodeId();
            String socket = leg.socketId();
            // A node that was lost may only be cut off: it has not been told, and asks when it is back.
            if (node != null && socket != null && bus.ownership().nodes().contains(node)) {
                bus.deliver(node, Delivery.unseating(call.id(), socket));
            }
        }
    }

    private Future<Void> tell(CallEntry entry, Effect effect) {
        Call call = entry.call().view();
        return switch (effect.kind()) {
            case INCOMING -> push(effect, Event.personal(Event.CALL_INCOMING, incoming(entry, call)));
            case ACCEPTED -> push(effect, Event.personal(Event.CALL_ACCEPTED, call));
            case REJECTED -> push(effect, Event.personal(Event.CALL_REJECTED, call));
            case END ->
                push(effect, Event.personal(Event.CALL_END, new Ended(call.id(), String.valueOf(effect.reason()))));
            case MISSED -> missed(call, entry.callerDisplayName());
        };
    }

    private static Incoming incoming(CallEntry entry, Call call) {
        return new Incoming(
                call.id(),
                call.callerId(),
                call.calleeId(),
                call.media(),
                call.state(),
                call.createdAt(),
                new Person(call.callerId(), entry.callerName(), entry.callerDisplayName()));
    }

    private Future<Void> push(Effect effect, Event<?> event) {
        return push(effect.userId(), effect.except(), event);
    }

    private Future<Void> push(UUID user, @Nullable String except, Event<?> event) {
        return bus.forward(
                        ParticipantOperations.NOTIFY,
                        Caller.system(),
                        new Notify(List.of(new Notice(List.of(user), event, except))))
                .mapEmpty();
    }

    /** Kept first: whoever was not there to be told finds it later. */
    private Future<Void> missed(Call call, @Nullable String callerName) {
        return notifications.missedCall(call).compose(note -> tellMissed(call, callerName, note));
    }

    private Future<Void> tellMissed(Call call, @Nullable String callerName, Optional<UUID> note) {
        return note.map(id -> push(
                        call.calleeId(),
                        null,
                        Event.personal(
                                Event.NOTIFICATION_NEW,
                                new MissedCall(
                                        Notifications.MISSED_CALL,
                                        id,
                                        call.id(),
                                        call.callerId(),
                                        callerName,
                                        call.createdAt()))))
                .orElseGet(Future::succeededFuture);
    }

    /** Who cannot be told at all finds it when coming back. */
    private Future<Void> tellMissedLater(Call call, @Nullable String callerName, Optional<UUID> note, int tries) {
        Future<Void> told = tellMissed(call, callerName, note);
        return tries == 1
                ? told
                : told.recover(e -> pause.get().compose(done -> tellMissedLater(call, callerName, note, tries - 1)));
    }

    @Override
    public Future<Void> refused(Call call, Caller caller) {
        String reason = CallChange.text(Objects.requireNonNull(call.reason()));
        // That a note was made is told beside the answer, so that its time does not show whether there was one.
        Future<?> noted =
                notifications.missedCall(call).onSuccess(note -> tellMissedLater(call, caller.name(), note, TELLINGS));
        Future<?> heard = push(call.callerId(), null, Event.personal(Event.CALL_END, new Ended(call.id(), reason)));
        return Future.all(noted, heard).mapEmpty();
    }
}
