package dev.switchboard.bus;

import dev.switchboard.config.Secret;
import dev.switchboard.config.Section;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How nodes find and trust each other.
 *
 * @param name nodes of other names are strangers
 * @param secret nodes without it are refused; null: none is asked for
 * @param members where to look for the first members, {@code host} or {@code host:port}
 * @param host the address by which other nodes reach this one
 * @param port the first port to try; the next free one is taken
 */
public record ClusterOptions(
        String name, @Nullable Secret secret, List<String> members, String host, int port, Tls tls) {
    private static final int MIN_SECRET_BYTES = 32;

    /** A name, an IPv4 address, or an IPv6 address in brackets if a port follows. */
    private static final Pattern MEMBER =
            Pattern.compile("[\\w.-]+(:\\d{1,5})?|\\[[0-9a-fA-F:.]+](:\\d{1,5})?|[0-9a-fA-F]*(:[0-9a-fA-F.]*){2,}");

    public static ClusterOptions from(Section section) {
        return new ClusterOptions(
                section.text("name"),
                section.optionalSecret("secret", MIN_SECRET_BYTES),
                members(section),
                section.text("host"),
                section.integer("port", 1, 65_535),
                Tls.from(section.section("tls")));
    }

    private static List<String> members(Section section) {
        List<String> members = section.nonEmptyList("members");
        members.stream()
                .filter(member -> !MEMBER.matcher(member).matches())
                .findFirst()
                .ifPresent(wrong -> section.problem(
                        "members", "expected host or host:port, separated by commas, got \"" + wrong + '"'));
        return members;
    }

    /** TLS between event buses; the stores are files in PKCS#12 or JKS. Not null when {@code enabled}. */
    public record Tls(
            boolean enabled,
            @Nullable String keyStore,
            @Nullable Secret keyStorePassword,
            @Nullable String trustStore,
            @Nullable Secret trustStorePassword) {

        static Tls from(Section section) {
            Tls tls = new Tls(
                    section.bool("enabled"),
                    section.optionalText("keyStore"),
                    section.optionalSecret("keyStorePassword", 0),
                    section.optionalText("trustStore"),
                    section.optionalSecret("trustStorePassword", 0));
            if (tls.enabled && tls.keyStore == null) {
                section.problem("keyStore", "expected a file, because tls is enabled");
            }
            if (tls.enabled && tls.trustStore == null) {
                section.problem("trustStore", "expected a file, because tls is enabled");
            }
            return tls;
        }
    }
}
