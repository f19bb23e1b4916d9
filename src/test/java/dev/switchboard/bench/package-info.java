/** Load generator and comparison with peers; started by {@code bench/run}, written up in {@code docs/benchmarks.md}. */
@NullMarked
package dev.switchboard.bench;

import org.jspecify.annotations.NullMarked;
