package dev.switchboard.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ClientConnectionsTest {
    private static final int MOST = 3;

    private final ClientConnections connections = ClientConnections.of(MOST, List.of("10.0.0.0/8"));

    @Test
    void oneAddressHasSoManyAndOthersTheirOwn() {
        for (int i = 0; i < MOST; i++) {
            assertThat(connections.enter("192.0.2.1")).isTrue();
        }
        assertThat(connections.enter("192.0.2.1")).isFalse();
        assertThat(connections.enter("192.0.2.2")).isTrue();
        assertThat(connections.refused()).isEqualTo(1);

        connections.leave("192.0.2.1");
        assertThat(connections.enter("192.0.2.1")).isTrue();
    }

    @Test
    void whoHasNoneIsNotRemembered() {
        connections.enter("192.0.2.1");
        connections.enter("192.0.2.1");
        connections.leave("192.0.2.1");
        assertThat(connections.sites()).isEqualTo(1);
        connections.leave("192.0.2.1");
        assertThat(connections.sites()).isZero();
    }

    @Test
    void neitherProxiesNorThisMachineCount() {
        assertThat(connections.site("10.1.2.3")).isNull();
        assertThat(connections.site("127.0.0.1")).isNull();
        assertThat(connections.site("::1")).isNull();
        assertThat(connections.site(null)).isNull();
        assertThat(connections.site("192.0.2.1")).isEqualTo("192.0.2.1");
        assertThat(connections.site("2001:db8:1:2:3:4:5:6")).isEqualTo(connections.site("2001:db8:1:2::1"));
        assertThat(ClientConnections.of(0, List.of()).site("192.0.2.1")).isNull();
    }
}
