package dev.switchboard.bus;

import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Operation;

/** A request on its way: what is asked, by whom. */
record Envelope(Operation<?, ?> operation, Caller caller, Record body) {}
