package dev.switchboard.gateway.bridge;

import dev.switchboard.bus.Bus;
import dev.switchboard.identity.Revocations;
import dev.switchboard.identity.TokenVerifier;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What all event loops of a node's bridge share. When settings change, another one takes its place; the bus, the
 * revocations and the count of sockets stay.
 *
 * @param maxMessage bytes of one message from a client, which may come in several frames
 * @param resumeTokens the same on every node
 * @param meters what all of them count
 * @param sockets how many are open on this node, on all event loops
 */
public record BridgeServices(
        BridgeOptions options,
        int maxMessage,
        Bus bus,
        TokenVerifier verifier,
        Revocations revocations,
        OriginPolicy origins,
        ResumeTokens resumeTokens,
        BridgeMeters meters,
        AtomicInteger sockets) {}
