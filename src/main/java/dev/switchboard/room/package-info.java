/**
 * Conversations and their messages. Whoever owns a room's key numbers its events, keeps the recent ones, knows which
 * nodes follow it and publishes to them; PostgreSQL keeps the log and fences owners that do not know that they lost it.
 */
@NullMarked
package dev.switchboard.room;

import org.jspecify.annotations.NullMarked;
