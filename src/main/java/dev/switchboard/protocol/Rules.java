package dev.switchboard.protocol;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What may stand in a field, written at the component of a record. One declaration for three uses: {@link Checks#of}
 * refuses what breaks it, the OpenAPI document tells it, tests try it. A component that is not {@code @Nullable} is
 * required.
 */
public final class Rules {
    private Rules() {}

    /**
     * Text of {@code min} to {@code max} Unicode code points, not all of them blank unless {@code min} is 0. Text with
     * U+0000 or half a surrogate pair is refused.
     */
    @Target(ElementType.TYPE_USE)
    @Retention(RetentionPolicy.RUNTIME)
    public @interface Length {
        int min() default 1;

        int max();

        /** Bytes of UTF-8. */
        int maxBytes() default Integer.MAX_VALUE;
    }

    /** Text that matches the whole of a pattern, written so that Java and ECMAScript read it alike. */
    @Target(ElementType.TYPE_USE)
    @Retention(RetentionPolicy.RUNTIME)
    public @interface Form {
        String pattern();

        /** What a client is told, after the field's name: {@code must be an email address}. */
        String message();
    }

    /** One of these texts and no other. */
    @Target(ElementType.TYPE_USE)
    @Retention(RetentionPolicy.RUNTIME)
    public @interface OneOf {
        String[] value();
    }

    /** A number, both ends included. */
    @Target(ElementType.TYPE_USE)
    @Retention(RetentionPolicy.RUNTIME)
    public @interface Range {
        long min();

        long max() default Long.MAX_VALUE;
    }

    /** A list or set of so many items. */
    @Target(ElementType.TYPE_USE)
    @Retention(RetentionPolicy.RUNTIME)
    public @interface Items {
        int max();
    }

    /** A value that serves as an example in the documentation; without one, the smallest that the rules allow. */
    @Target(ElementType.TYPE_USE)
    @Retention(RetentionPolicy.RUNTIME)
    public @interface Example {
        String value();
    }

    /** Filled in by the door, whatever a client says; no part of what clients are told. */
    @Target(ElementType.TYPE_USE)
    @Retention(RetentionPolicy.RUNTIME)
    public @interface FromDoor {}
}
