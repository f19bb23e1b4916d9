package dev.switchboard.protocol;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the declaration of a record says about its fields, see {@link Rules}.
 *
 * @param all in the order of the components
 */
public record Fields(List<Field> all) {
    private static final ClassValue<Fields> CACHE = new ClassValue<>() {
        @Override
        protected Fields computeValue(Class<?> type) {
            return new Fields(
                    Arrays.stream(type.getRecordComponents()).map(Field::of).toList());
        }
    };

    /** The fields of a record type. */
    public static Fields of(Class<?> type) {
        return CACHE.get(type);
    }

    /**
     * A field, or what a list in a field holds.
     *
     * @param name its JSON name
     * @param required whether it must be there
     * @param fromDoor whether the door fills it in
     * @param item what a list or set holds; null for everything else
     */
    public record Field(
            String name,
            Type type,
            boolean required,
            boolean fromDoor,
            Rules.@Nullable Length length,
            Rules.@Nullable Form form,
            @Nullable Pattern pattern,
            Rules.@Nullable OneOf oneOf,
            Rules.@Nullable Range range,
            Rules.@Nullable Items items,
            @Nullable String example,
            @Nullable Field item) {

        private static Field of(RecordComponent component) {
            return of(component.getName(), component.getAnnotatedType());
        }

        private static Field of(String name, AnnotatedType type) {
            Rules.Form form = type.getAnnotation(Rules.Form.class);
            Rules.Example example = type.getAnnotation(Rules.Example.class);
            return new Field(
                    name,
                    type.getType(),
                    !has(type, Nullable.class),
                    has(type, Rules.FromDoor.class),
                    type.getAnnotation(Rules.Length.class),
                    form,
                    form == null ? null : Pattern.compile(form.pattern()),
                    type.getAnnotation(Rules.OneOf.class),
                    type.getAnnotation(Rules.Range.class),
                    type.getAnnotation(Rules.Items.class),
                    example == null ? null : example.value(),
                    type instanceof AnnotatedParameterizedType list && isCollection(list)
                            ? of(name, list.getAnnotatedActualTypeArguments()[0])
                            : null);
        }

        private static boolean has(AnnotatedType type, Class<? extends Annotation> annotation) {
            return type.isAnnotationPresent(annotation);
        }

        private static boolean isCollection(AnnotatedParameterizedType type) {
            return type.getType() instanceof java.lang.reflect.ParameterizedType generic
                    && generic.getRawType() instanceof Class<?> raw
                    && Collection.class.isAssignableFrom(raw);
        }

        /** Notes what is wrong with a value. */
        public void check(Checks checks, @Nullable Object value) {
            check(checks, name, value);
        }

        private void check(Checks checks, String at, @Nullable Object value) {
            if (value == null) {
                checks.that(!required, at, "is required");
            } else if (value instanceof String text) {
                checkText(checks, at, text);
            } else if (value instanceof Number number && range != null) {
                checks.range(at, number, range.min(), range.max());
            } else if (value instanceof Collection<?> list) {
                checkItems(checks, at, list);
            }
        }

        private void checkText(Checks checks, String at, String text) {
            if (length != null) {
                checks.optionalText(at, text, length.min(), length.max());
                checks.bytes(at, text, length.maxBytes());
            }
            if (form != null && pattern != null) {
                checks.matches(at, text, pattern, form.message());
            }
            if (oneOf != null) {
                checks.oneOf(at, text, oneOf.value());
            }
        }

        private void checkItems(Checks checks, String at, Collection<?> list) {
            if (items != null && list.size() > items.max()) {
                checks.that(false, at, "must be at most " + items.max());
            } else if (item != null) {
                int index = 0;
                for (Object each : list) {
                    // A set has forgotten the places.
                    item.check(checks, list instanceof List ? at + "[" + index++ + "]" : at, each);
                }
            }
        }
    }
}
