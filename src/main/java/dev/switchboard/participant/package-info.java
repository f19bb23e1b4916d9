/** Who is online, and who is in which room. */
@NullMarked
package dev.switchboard.participant;

import org.jspecify.annotations.NullMarked;
