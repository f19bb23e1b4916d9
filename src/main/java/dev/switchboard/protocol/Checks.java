package dev.switchboard.protocol;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Collects every wrong field of a request, so that a client hears of all of them at once. */
public final class Checks {
    private final List<FaultException.FieldError> errors = new ArrayList<>();

    /**
     * Checks what is about to become a record against the {@link Rules} at its components.
     *
     * @param values of all components, in their order
     */
    public static Checks of(Class<? extends Record> type, @Nullable Object... values) {
        List<Fields.Field> fields = Fields.of(type).all();
        if (values.length != fields.size()) {
            throw new IllegalArgumentException(type + " has " + fields.size() + " fields, not " + values.length);
        }
        var checks = new Checks();
        for (int i = 0; i < values.length; i++) {
            fields.get(i).check(checks, values[i]);
        }
        return checks;
    }

    /** Refuses text that is blank or outside {@code min..max} Unicode code points; a missing value passes. */
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
        if (!isWellFormed(value)) {
            return fail(field, "must be well-formed Unicode text");
        }
        return this;
    }

    /** Whether it can be written as UTF-8: no half of a surrogate pair is alone. */
    public static boolean isWellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (i + 1 == text.length() || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    /** Refuses text that does not match the whole pattern; a missing value passes. */
    public Checks matches(String field, @Nullable String value, Pattern pattern, String what) {
        if (value != null && !pattern.matcher(value).matches()) {
            return fail(field, what);
        }
        return this;
    }

    /** Refuses text of more than {@code max} bytes in UTF-8; a missing value passes. */
    public Checks bytes(String field, @Nullable String value, int max) {
        // No character takes more than three bytes for each of its chars.
        if (value != null && value.length() > max / 3 && value.getBytes(StandardCharsets.UTF_8).length > max) {
            return fail(field, "must have at most " + max + " bytes");
        }
        return this;
    }

    /** Refuses any other text; a missing value passes. */
    public Checks oneOf(String field, @Nullable String value, String... allowed) {
        if (value != null && !Arrays.asList(allowed).contains(value)) {
            int last = allowed.length - 1;
            String but = String.join(", ", Arrays.copyOf(allowed, last));
            return fail(field, "must be " + (last == 0 ? "" : but + " or ") + allowed[last]);
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

    /** Notes that a field is wrong. Of several reasons the first is told. */
    public Checks fail(String field, String message) {
        if (errors.stream().noneMatch(error -> error.field().equals(field))) {
            errors.add(new FaultException.FieldError(field, message));
        }
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
