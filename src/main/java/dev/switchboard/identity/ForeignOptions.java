package dev.switchboard.identity;

import dev.switchboard.config.Section;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that somebody else issues.
 *
 * @param jwks where the issuer's public keys are (RFC 7517 §5), or null
 * @param sharedSecret whether a token that is signed (HS256) with one of our secrets is good although we did not make it
 * @param clockSkew how far the issuer's clock and ours may differ, at both ends of a token
 * @param subjectClaim whose value is the subject
 * @param rolesClaim whose value is the roles: a path with dots, {@code realm_access.roles}; null for none
 */
public record ForeignOptions(
        @Nullable Jwks jwks,
        boolean sharedSecret,
        Duration clockSkew,
        String subjectClaim,
        @Nullable String rolesClaim) {

    /**
     * A set of keys.
     *
     * @param issuer what {@code iss} must be
     * @param audience what {@code aud} must hold; null for whatever
     * @param refresh how long keys are used before they are fetched again
     */
    public record Jwks(URI url, String issuer, @Nullable String audience, Duration refresh) {}

    static ForeignOptions from(Section auth) {
        Section section = auth.section("foreign");
        return new ForeignOptions(
                jwks(auth.section("jwks")),
                section.bool("sharedSecret"),
                section.duration("clockSkew", Duration.ZERO, Duration.ofMinutes(5)),
                section.text("subjectClaim"),
                section.optionalText("rolesClaim"));
    }

    private static @Nullable Jwks jwks(Section section) {
        String url = section.optionalText("url");
        String issuer = section.optionalText("issuer");
        String audience = section.optionalText("audience");
        Duration refresh = section.duration("refresh", Duration.ofSeconds(10), Duration.ofDays(1));
        if (url == null) {
            return null;
        }
        URI address = http(url);
        if (address == null) {
            section.problem("url", "expected an address with https:// or http://");
        }
        if (issuer == null) {
            section.problem("issuer", "expected the value of iss in the tokens whose keys these are");
        }
        return address == null ? null : new Jwks(address, Objects.requireNonNullElse(issuer, ""), audience, refresh);
    }

    private static @Nullable URI http(String url) {
        try {
            URI uri = URI.create(url.strip());
            boolean known = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
            return known && uri.getHost() != null ? uri : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
