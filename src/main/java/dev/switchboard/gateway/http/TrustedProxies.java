package dev.switchboard.gateway.http;

import dev.switchboard.config.Section;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whose forwarding headers are believed. Anybody can write {@code X-Forwarded-For}; only what our own proxies appended
 * to it counts, so it is read from the right.
 */
public final class TrustedProxies {
    /** A customer of IPv6 has a whole /64: one address of it is as good as another. */
    private static final int IPV6_SITE_BYTES = 8;

    private static final int IPV4_BYTES = 4;

    private final List<Network> networks;

    /**
     * @param networks addresses or networks, for example {@code 10.0.0.0/8} or {@code ::1}
     * @throws IllegalArgumentException when one of them is neither
     */
    public TrustedProxies(List<String> networks) {
        this.networks = networks.stream().map(Network::of).toList();
    }

    /** Whether {@code text} is an address or a network. */
    static boolean isNetwork(String text) {
        return Network.parse(text) != null;
    }

    /** A setting that is a list of addresses and networks. */
    public static List<String> networks(Section section, String key) {
        List<String> networks = section.list(key);
        networks.stream()
                .filter(network -> !isNetwork(network))
                .findFirst()
                .ifPresent(wrong -> section.problem(
                        key, "expected addresses or networks such as 10.0.0.0/8, got \"" + wrong + '"'));
        return networks;
    }

    private static final class Network {
        private static final Pattern BITS = Pattern.compile("\\d{1,3}");

        private final byte[] address;
        private final int bits;

        private Network(byte[] address, int bits) {
            this.address = address;
            this.bits = bits;
        }

        static Network of(String text) {
            Network network = parse(text);
            if (network == null) {
                throw new IllegalArgumentException("no address or network: " + text);
            }
            return network;
        }

        static @Nullable Network parse(String text) {
            int slash = text.indexOf('/');
            byte[] address = bytes(slash < 0 ? text : text.substring(0, slash));
            if (address == null) {
                return null;
            }
            int most = address.length * Byte.SIZE;
            String size = slash < 0 ? String.valueOf(most) : text.substring(slash + 1);
            if (!BITS.matcher(size).matches() || Integer.parseInt(size) > most) {
                return null;
            }
            return new Network(address, Integer.parseInt(size));
        }

        boolean contains(byte[] other) {
            if (other.length != address.length) {
                return false;
            }
            int whole = bits / Byte.SIZE;
            int rest = bits % Byte.SIZE;
            return Arrays.equals(address, 0, whole, other, 0, whole)
                    && (rest == 0 || ((address[whole] ^ other[whole]) & 0xFF) >>> (Byte.SIZE - rest) == 0);
        }
    }

    boolean trusts(String address) {
        byte[] bytes = bytes(address);
        return bytes != null && networks.stream().anyMatch(n -> n.contains(bytes));
    }

    /**
     * The address of the client.
     *
     * @param peer the other end of the connection
     * @param forwardedFor every {@code X-Forwarded-For} header, in order
     */
    String client(String peer, List<String> forwardedFor) {
        if (networks.isEmpty() || forwardedFor.isEmpty()) {
            return peer;
        }
        String client = peer;
        String[] hops = String.join(",", forwardedFor).split(",", -1);
        for (int i = hops.length - 1; i >= 0 && trusts(client); i--) {
            String hop = withoutPort(hops[i].strip());
            if (bytes(hop) == null) {
                break;
            }
            client = hop;
        }
        return client;
    }

    /** Whether the client speaks TLS, with us or with a proxy in front. */
    boolean secure(boolean tls, String peer, @Nullable String forwardedProto) {
        return tls
                || (forwardedProto != null
                        && trusts(peer)
                        && forwardedProto.split(",", 2)[0].strip().equalsIgnoreCase("https"));
    }

    /** What a client address is limited by: the address itself, or the /64 of an IPv6 one. */
    static String site(String address) {
        byte[] bytes = bytes(address);
        if (bytes == null) {
            return address;
        }
        if (bytes.length == IPV4_BYTES) {
            return NetUtil.bytesToIpAddress(bytes);
        }
        byte[] site = Arrays.copyOf(Arrays.copyOf(bytes, IPV6_SITE_BYTES), bytes.length);
        return NetUtil.bytesToIpAddress(site) + "/64";
    }

    /** Some proxies append the port: {@code 192.0.2.1:4711} or {@code [2001:db8::1]:4711}. */
    private static String withoutPort(String hop) {
        if (hop.startsWith("[") && hop.indexOf(']') > 0) {
            return hop.substring(1, hop.indexOf(']'));
        }
        int colon = hop.indexOf(':');
        return colon > 0 && hop.indexOf('.') > 0 && colon == hop.lastIndexOf(':') ? hop.substring(0, colon) : hop;
    }

    /** The bytes of an address literal, an IPv4 address in IPv6 clothes as IPv4; null for anything else. No look-up. */
    private static byte @Nullable [] bytes(String address) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
        if (bytes == null) {
            return null;
        }
        try {
            return InetAddress.getByAddress(bytes).getAddress();
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
