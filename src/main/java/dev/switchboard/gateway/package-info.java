/** The only door: HTTP routes, limits, security and the event-bus bridge. */
@NullMarked
package dev.switchboard.gateway;

import org.jspecify.annotations.NullMarked;
