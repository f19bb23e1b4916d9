/** Health, metrics and logging. */
@NullMarked
package dev.switchboard.ops;

import org.jspecify.annotations.NullMarked;
