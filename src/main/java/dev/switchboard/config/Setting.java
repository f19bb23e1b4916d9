package dev.switchboard.config;

/**
 * One value of the settings, as it counts.
 *
 * @param path its place, for example {@code server.port}
 * @param value as text; {@code ***} for a secret, empty when there is none
 * @param source {@code default}, the name of a file, or {@code environment} and the names of variables
 */
public record Setting(String path, String value, String source) {}
