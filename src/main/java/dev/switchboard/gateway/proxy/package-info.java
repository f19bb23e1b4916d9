/** Requests to the services behind the gateway, and their answers: streamed, cleaned on both ways, retried where that is safe. */
@NullMarked
package dev.switchboard.gateway.proxy;

import org.jspecify.annotations.NullMarked;
