@NullMarked
package dev.switchboard.gateway.proxy;

import org.jspecify.annotations.NullMarked;
