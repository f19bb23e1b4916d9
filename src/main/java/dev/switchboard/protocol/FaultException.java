package dev.switchboard.protocol;

import java.util.List;

/** A failed operation. Carries no stack trace: faults are answers, not accidents. */
public final class FaultException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Fault fault;
    private final transient List<FieldError> errors;

    /** One wrong field of a request. {@code field} is its JSON name. */
    public record FieldError(String field, String message) {}

    /** @param message what the client is told; never an internal name */
    public FaultException(Fault fault, String message) {
        this(fault, message, List.of());
    }

    public FaultException(Fault fault, String message, List<FieldError> errors) {
        super(message, null, false, false);
        this.fault = fault;
        this.errors = List.copyOf(errors);
    }

    public Fault fault() {
        return fault;
    }

    /** The message without the code; never null. */
    public String text() {
        return String.valueOf(getMessage());
    }

    /** The fields that failed validation; empty for every other fault. */
    public List<FieldError> errors() {
        return errors;
    }
}
