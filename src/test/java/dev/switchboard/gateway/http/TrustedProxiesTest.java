package dev.switchboard.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedProxiesTest {
    private final TrustedProxies proxies = new TrustedProxies(List.of("10.0.0.0/8", "192.0.2.7", "fd00::/9"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // whoever connects directly cannot pretend
                "203.0.113.1|8.8.8.8|203.0.113.1",
                "10.1.2.3||10.1.2.3",
                "10.1.2.3|8.8.8.8|8.8.8.8",
                // what the client itself wrote stands left of what our proxy saw
                "10.1.2.3|1.1.1.1, 8.8.8.8|8.8.8.8",
                "10.1.2.3|1.1.1.1, 8.8.8.8, 192.0.2.7|8.8.8.8",
                "10.1.2.3|1.1.1.1, 8.8.8.8, 192.0.2.8|192.0.2.8",
                "10.1.2.3|10.9.9.9, 10.8.8.8|10.9.9.9",
                "10.1.2.3|nonsense|10.1.2.3",
                "10.1.2.3|nonsense, 10.8.8.8|10.8.8.8",
                "10.1.2.3|8.8.8.8:4711|8.8.8.8",
                "fd00::1|[2001:db8::1]:4711|2001:db8::1",
                "fd80::1|8.8.8.8|fd80::1",
                "::ffff:10.1.2.3|8.8.8.8|8.8.8.8"
            })
    void theClientIsWhoeverOurProxiesSaw(String peer, String forwarded, String client) {
        assertThat(proxies.client(peer, forwarded == null ? List.of() : List.of(forwarded)))
                .isEqualTo(client);
    }

    @Test
    void severalHeadersAreOneList() {
        assertThat(proxies.client("10.1.2.3", List.of("1.1.1.1", "8.8.8.8, 10.4.4.4")))
                .isEqualTo("8.8.8.8");
    }

    @Test
    void onlyATrustedProxySaysThatTheClientSpeaksTls() {
        assertThat(proxies.secure(false, "10.1.2.3", "https")).isTrue();
        assertThat(proxies.secure(false, "10.1.2.3", "http")).isFalse();
        assertThat(proxies.secure(false, "10.1.2.3", null)).isFalse();
        assertThat(proxies.secure(false, "203.0.113.1", "https")).isFalse();
        assertThat(proxies.secure(true, "203.0.113.1", null)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "8.8.8.8,8.8.8.8",
        "2001:db8:1:2:3:4:5:6,2001:db8:1:2::/64",
        "2001:db8:1:2::9,2001:db8:1:2::/64",
        "::ffff:8.8.8.8,8.8.8.8",
        "unix,unix"
    })
    void oneSiteOfIpv6IsOneClient(String address, String site) {
        assertThat(TrustedProxies.site(address)).isEqualTo(site);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0/8", "::1/129", ""})
    void whatIsNoNetworkIsRefused(String text) {
        assertThat(TrustedProxies.isNetwork(text)).isFalse();
        assertThatThrownBy(() -> new TrustedProxies(List.of(text))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theWholeInternetIsANetwork() {
        var all = new TrustedProxies(List.of("0.0.0.0/0"));

        assertThat(all.trusts("203.0.113.1")).isTrue();
        assertThat(all.trusts("::1")).isFalse();
    }
}
