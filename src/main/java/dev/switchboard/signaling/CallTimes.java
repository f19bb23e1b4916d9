package dev.switchboard.signaling;

import java.time.Duration;

/**
 * How long things may take.
 *
 * @param ring until nobody answered
 * @param connect from the answer until both sides said that media flows
 * @param callerGrace how long a caller whose socket went away may stay away while it rings
 * @param legGrace how long a side may stay away during the call
 */
record CallTimes(Duration ring, Duration connect, Duration callerGrace, Duration legGrace) {}
