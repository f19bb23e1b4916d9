package dev.switchboard.config;

import java.nio.file.Path;
import java.util.Map;

/** What the user's files say at one moment, in the order in which they are laid over each other. */
public record Texts(Map<Path, String> byFile) {}
