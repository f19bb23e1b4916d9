package dev.switchboard.protocol;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Collects every wrong field of a request, so that a client hears of all of them at once. */
public final class Checks {
    private final List<FaultException.FieldError> errors = new ArrayList<>();

    /** Refuses a missing value. */
    public Checks required(String field, @Nullable Object value) {
        if (value == null) {
            fail(field, "is required");
        }
        return this;
    }

    /** Refuses text that is missing, blank, or outside {@code min..max} Unicode code points. */
    public Checks text(String field, @Nullable String value, int min, int max) {
        if (value == null) {
            return fail(field, "is required");
        }
        return optionalText(field, value, min, max);
    }

    /** Like {@link #text} but a missing value passes. */
    public Checks optionalText(String field, @Nullable String value, int min, int max) {
        if (value == null) {
            return this;
        }
        int length = value.codePointCount(0, value.length());
        if (length < min || length > max || (min > 0 && value.isBlank())) {
            return fail(field, "must have " + min + " to " + max + " characters");
        }
        if (value.indexOf('\0') >= 0) {
            return fail(field, "must not contain the character U+0000");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
            return fail(field, "must be well-formed Unicode text");
        }
        return this;
    }

    /** Refuses text that does not match the whole pattern; a missing value passes. */
    public Checks matches(String field, @Nullable String value, Pattern pattern, String what) {
        if (value != null && !pattern.matcher(value).matches()) {
            return fail(field, what);
        }
        return this;
    }

    /** Refuses a number outside {@code min..max}; a missing value passes. */
    public Checks range(String field, @Nullable Number value, long min, long max) {
        if (value != null && (value.longValue() < min || value.longValue() > max)) {
            return fail(field, "must be from " + min + " to " + max);
        }
        return this;
    }

    /** Refuses when a rule of the request does not hold. */
    public Checks that(boolean holds, String field, String message) {
        return holds ? this : fail(field, message);
    }

    private Checks fail(String field, String message) {
        errors.add(new FaultException.FieldError(field, message));
        return this;
    }

    /** @throws FaultException {@link Fault#VALIDATION_FAILED} with every error collected */
    public void done() {
        if (!errors.isEmpty()) {
            var first = errors.get(0);
            throw new FaultException(
                    Fault.VALIDATION_FAILED, "Validation failed: " + first.field() + " " + first.message(), errors);
        }
    }
}
