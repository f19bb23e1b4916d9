package dev.switchboard.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where browsers find STUN and TURN servers. */
public final class IceOperations {
    private IceOperations() {}

    public record Query() {}

    /** What {@code RTCPeerConnection} takes as {@code iceServers}; TURN servers with credentials for a time. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record IceServer(List<String> urls, @Nullable String username, @Nullable String credential) {}

    /** @param ttl seconds after which the credentials let nobody in; fetch new ones before each connection */
    public record IceServers(List<IceServer> iceServers, long ttl) {}

    public static final Operation<Query, IceServers> ICE_SERVERS = Operation.of(
                    "ice:servers", Part.SIGNALING, Query.class, IceServers.class, (c, q) -> c.user())
            .http("GET", "/ice-servers")
            .summary("Names the servers by which browsers find a way to each other");

    public static final List<Operation<?, ?>> ALL = List.of(ICE_SERVERS);
}
