package dev.switchboard.signaling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.Secret;
import dev.switchboard.protocol.IceOperations.IceServer;
import dev.switchboard.protocol.IceOperations.IceServers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class IceCredentialsTest {
    private static final UUID ANN = UUID.fromString("00000000-0000-7000-8000-000000000001");
    private static final List<String> TURN = List.of("turn:turn.example.org:3478?transport=udp");
    private static final List<String> STUN = List.of("stun:turn.example.org:3478");

    @Test
    void theNameIsAnEndAndAUserAndThePasswordItsHmac() {
        var options = new IceOptions(STUN, TURN, new Secret("a secret of the tests"), Duration.ofHours(4));
        IceServers servers = new IceCredentials(() -> options).of(ANN, Instant.ofEpochSecond(1_795_219_572L));

        assertThat(servers.ttl()).isEqualTo(14_400);
        // printf %s "1795233972:00000000-0000-7000-8000-000000000001" | openssl dgst -sha1 -hmac … -binary | base64
        assertThat(servers.iceServers())
                .containsExactly(
                        new IceServer(STUN, null, null),
                        new IceServer(TURN, "1795233972:" + ANN, "x/GYvhRKwJDncFeZz453ESeY+vI="));
    }

    @Test
    void withoutServersThereIsNothing() {
        var options = new IceOptions(List.of(), List.of(), null, Duration.ofHours(4));
        assertThat(new IceCredentials(() -> options).of(ANN, Instant.EPOCH).iceServers())
                .isEmpty();
    }
}
