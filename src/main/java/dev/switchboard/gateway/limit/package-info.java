/** How much one caller may ask: token buckets, of the whole cluster in Redis or of this node. */
@NullMarked
package dev.switchboard.gateway.limit;

import org.jspecify.annotations.NullMarked;
