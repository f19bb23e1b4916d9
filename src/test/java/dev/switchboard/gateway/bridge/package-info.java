@NullMarked
package dev.switchboard.gateway.bridge;

import org.jspecify.annotations.NullMarked;
