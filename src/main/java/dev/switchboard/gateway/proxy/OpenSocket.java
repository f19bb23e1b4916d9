package dev.switchboard.gateway.proxy;

import dev.switchboard.gateway.route.Route;
import dev.switchboard.gateway.upstream.Address;
import dev.switchboard.identity.Identity;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a proxied WebSocket, to choose those that are to be closed.
 *
 * @param upstream the service's name
 * @param address where it leads
 * @param identity who opened it; null for nobody known
 */
public record OpenSocket(Route route, String upstream, Address address, @Nullable Identity identity) {}
