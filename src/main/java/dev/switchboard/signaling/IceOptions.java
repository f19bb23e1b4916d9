package dev.switchboard.signaling;

import dev.switchboard.config.Secret;
import dev.switchboard.config.Section;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * STUN and TURN servers for browsers.
 *
 * @param stun addresses such as {@code stun:turn.example.org:3478}
 * @param turn addresses such as {@code turn:turn.example.org:3478?transport=udp}
 * @param secret shared with the TURN servers (coturn's {@code static-auth-secret}); null when there are none. While it is
 *     changed, the TURN servers know the old and the new one, and this is the new one
 * @param ttl how long credentials are good
 */
public record IceOptions(List<String> stun, List<String> turn, @Nullable Secret secret, Duration ttl) {
    private static final int MIN_SECRET_BYTES = 16;

    public static IceOptions from(Section section) {
        List<String> stun = urls(section, "stun", "stun:", "stuns:");
        List<String> turn = urls(section, "turn", "turn:", "turns:");
        Secret secret = section.optionalSecret("secret", MIN_SECRET_BYTES);
        if (!turn.isEmpty() && secret == null) {
            section.problem("secret", "TURN servers need one");
        }
        return new IceOptions(stun, turn, secret, section.duration("ttl", Duration.ofMinutes(1), Duration.ofDays(1)));
    }

    private static List<String> urls(Section section, String key, String plain, String secure) {
        List<String> urls = section.list(key);
        urls.stream()
                .filter(url -> !url.startsWith(plain) && !url.startsWith(secure))
                .findFirst()
                .ifPresent(wrong -> section.problem(
                        key, "expected addresses such as " + plain + "turn.example.org:3478, got \"" + wrong + '"'));
        return urls;
    }
}
