/** Which request goes where: the route table, its patterns and the one form of a path that is matched and forwarded. */
@NullMarked
package dev.switchboard.gateway.route;

import org.jspecify.annotations.NullMarked;
