/**
 * Meetings: who is in them, who leads, what is said in them. A meeting that lives is one record in the cluster's memory,
 * changed only by compare-and-set; what is due is written in it, so that any node can carry it out.
 */
@NullMarked
package dev.switchboard.meeting;

import org.jspecify.annotations.NullMarked;
