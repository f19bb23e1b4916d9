/**
 * What the parts say to each other: operations, message records, events, faults and identifiers. Pure Java; imports
 * nothing else of Switchboard.
 */
@NullMarked
package dev.switchboard.protocol;

import org.jspecify.annotations.NullMarked;
