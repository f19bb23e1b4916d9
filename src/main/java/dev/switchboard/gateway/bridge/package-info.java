/**
 * The event-bus door: the Vert.x SockJS bridge protocol, the rooms that this node's sockets follow, and the fan-out to
 * them.
 */
@NullMarked
package dev.switchboard.gateway.bridge;

import org.jspecify.annotations.NullMarked;
