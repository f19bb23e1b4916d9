/**
 * Calls between two people and the relay of their WebRTC signals. A call is one record in the cluster's memory, changed
 * only by compare-and-set; what is due is written in it, so that any node can carry it out.
 */
@NullMarked
package dev.switchboard.signaling;

import org.jspecify.annotations.NullMarked;
