/** Settings: YAML files and environment variables in, typed options out, every mistake reported at once. */
@NullMarked
package dev.switchboard.config;

import org.jspecify.annotations.NullMarked;
