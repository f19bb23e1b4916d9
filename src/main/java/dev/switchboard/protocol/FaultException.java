package dev.switchboard.protocol;

import java.time.Duration;
import java.util.List;

/** A failed operation. Carries no stack trace: faults are answers, not accidents. */
public final class FaultException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Fault fault;
    private final transient List<FieldError> errors;
    private final Duration retryAfter;

    /** One wrong field of a request. {@code field} is its JSON name. */
    public record FieldError(String field, String message) {}

    /** @param message what the client is told; never an internal name */
    public FaultException(Fault fault, String message) {
        this(fault, message, List.of());
    }

    public FaultException(Fault fault, String message, List<FieldError> errors) {
        this(fault, message, errors, Duration.ZERO);
    }

    private FaultException(Fault fault, String message, List<FieldError> errors, Duration retryAfter) {
        super(message, null, false, false);
        this.fault = fault;
        this.errors = List.copyOf(errors);
        this.retryAfter = retryAfter;
    }

    /** The same, with the time after which sending the request again makes sense. */
    public FaultException retryIn(Duration after) {
        return new FaultException(fault, text(), errors, after);
    }

    /**
     * {@link Fault#VALIDATION_FAILED} for one field.
     *
     * @param message what follows the field's name: {@code is required}
     */
    public static FaultException invalid(String field, String message) {
        return new FaultException(
                Fault.VALIDATION_FAILED,
                "Validation failed: " + field + " " + message,
                List.of(new FieldError(field, message)));
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

    /** How long to wait before sending the request again; zero when nobody knows. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
