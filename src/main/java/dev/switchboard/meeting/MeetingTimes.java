package dev.switchboard.meeting;

import java.time.Duration;

/**
 * How long things may take.
 *
 * @param grace how long a seat is kept for a socket that went away, and a place in the lobby
 * @param admission how long whoever was admitted may take to enter
 * @param empty how long a meeting that nobody is in is remembered, with its chat
 */
record MeetingTimes(Duration grace, Duration admission, Duration empty) {}
