package dev.switchboard.gateway.route;

import java.util.Set;

/**
 * What a service gets as the client sent it, although it is the gateway's.
 *
 * @param host whether {@code Host} is what the client asked for, and not the service's own
 * @param cookies names of the gateway's own cookies ({@link #OURS}) that go through; all others do anyway
 */
public record PassOn(boolean host, Set<String> cookies) {
    /** Cookies of the gateway itself: a service is told who asks, and needs no key to the account. */
    public static final Set<String> OURS = Set.of("session", "refresh", "XSRF-TOKEN");

    /** As it is where a row says nothing of it. */
    public static final PassOn NOTHING = new PassOn(false, Set.of());

    public PassOn {
        cookies = Set.copyOf(cookies);
    }
}
