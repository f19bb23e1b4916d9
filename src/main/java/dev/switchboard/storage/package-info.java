/** PostgreSQL: the embedded one, the pool, the migrations. */
@NullMarked
package dev.switchboard.storage;

import org.jspecify.annotations.NullMarked;
