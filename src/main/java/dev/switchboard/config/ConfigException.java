package dev.switchboard.config;

import java.util.List;
import java.util.stream.Collectors;

/** Settings that cannot be used. The message has one line for each of them and no stack trace is needed to read it. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<ConfigError> errors;

    public ConfigException(List<ConfigError> errors) {
        super(errors.stream().map(ConfigError::toString).collect(Collectors.joining("\n")), null, false, false);
        this.errors = List.copyOf(errors);
    }

    public ConfigException(ConfigError error) {
        this(List.of(error));
    }

    /** All of them, in the order of the file's sections. */
    public List<ConfigError> errors() {
        return errors;
    }
}
