package dev.switchboard.gateway.proxy;

import dev.switchboard.identity.Identity;
import org.jspecify.annotations.Nullable;

/**
 * What the door found out about a request; the services behind are told this, and nothing that the client claimed.
 *
 * @param requestId ties log lines together
 * @param client the address of the client, seen through our own proxies
 * @param secure whether the client speaks TLS
 * @param authority host, and port if it is not the usual one, that the client asked for; null if it named none
 * @param identity who asks; null for somebody without a token
 */
public record Inbound(
        String requestId, String client, boolean secure, @Nullable String authority, @Nullable Identity identity) {}
