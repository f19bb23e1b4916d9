package dev.switchboard.bus;

import com.hazelcast.core.HazelcastInstanceNotActiveException;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import io.vertx.core.eventbus.ReplyException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Faults to reply failures and back; the only place where the two meet. */
public final class Faults {
    private static final Logger LOG = LoggerFactory.getLogger(Faults.class);

    /** A fault as the text of a reply failure. */
    private record Wire(Fault fault, String text, List<FaultException.FieldError> errors) {}

    private Faults() {}

    /**
     * Any failure as a fault. What is not a fault already is logged here, once, and becomes {@code internal}: no detail
     * of it leaves the system.
     */
    public static FaultException of(Throwable failure) {
        if (failure instanceof FaultException fault) {
            return fault;
        }
        if (failure instanceof ReplyException reply) {
            return ofReply(reply);
        }
        if (failure instanceof HazelcastInstanceNotActiveException) {
            return Fault.MOVED.because("This node is stopping.");
        }
        if (failure instanceof TimeoutException) {
            return Fault.TIMEOUT.because("The request took too long.");
        }
        LOG.error("Unexpected failure", failure);
        return Fault.INTERNAL.because("Something went wrong on our side.");
    }

    private static FaultException ofReply(ReplyException reply) {
        return switch (reply.failureType()) {
            case TIMEOUT -> Fault.TIMEOUT.because("The request took too long.");
            case NO_HANDLERS -> Fault.MOVED.because("Nobody serves this key at the moment.");
            case RECIPIENT_FAILURE -> read(reply);
            case ERROR -> of(new IllegalStateException("event bus: " + reply.getMessage(), reply));
        };
    }

    private static FaultException read(ReplyException reply) {
        try {
            Wire wire = Json.MAPPER.readValue(reply.getMessage(), Wire.class);
            return new FaultException(wire.fault(), wire.text(), wire.errors());
        } catch (IOException | IllegalArgumentException e) {
            return of(new IllegalStateException("a reply failure that is no fault: " + reply.getMessage(), e));
        }
    }

    static String write(FaultException fault) {
        try {
            return Json.MAPPER.writeValueAsString(new Wire(fault.fault(), fault.text(), fault.errors()));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
