/** Services behind the gateway: their addresses, which of them are well, and which one is asked next. */
@NullMarked
package dev.switchboard.gateway.upstream;

import org.jspecify.annotations.NullMarked;
