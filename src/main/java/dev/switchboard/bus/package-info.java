/**
 * The only user of the event bus besides the bridge: typed requests to whoever owns a key, deliveries to nodes, the
 * mapping of records and faults to the wire.
 */
@NullMarked
package dev.switchboard.bus;

import org.jspecify.annotations.NullMarked;
