package dev.switchboard.bus;

import dev.switchboard.protocol.Operation;

/** A reply on its way back. */
record Answer(Operation<?, ?> operation, Record body) {}
