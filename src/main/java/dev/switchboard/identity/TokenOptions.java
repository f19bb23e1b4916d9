package dev.switchboard.identity;

import dev.switchboard.config.Secret;
import dev.switchboard.config.Section;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How access tokens are made and checked.
 *
 * @param jwtSecret the HS256 key, at least 32 bytes (RFC 7518 §3.2), or null when none was set
 * @param acceptedSecrets keys that sign nothing, but whose tokens are good: the next one, or the one before
 * @param clockSkew how far the clocks of issuer and checker may differ at a token's beginning; its end is exact
 * @param admins email addresses, in lower case, whose accounts become administrators when they register or sign in
 * @param foreign tokens of others
 */
public record TokenOptions(
        @Nullable Secret jwtSecret,
        List<Secret> acceptedSecrets,
        String issuer,
        String audience,
        Duration accessTokenTtl,
        Duration refreshTokenTtl,
        Duration clockSkew,
        Set<String> admins,
        ForeignOptions foreign) {
    private static final int MIN_SECRET_BYTES = 32;

    public static TokenOptions from(Section section) {
        Duration accessTokenTtl = section.duration("accessTokenTtl", Duration.ofSeconds(1), Duration.ofDays(1));
        Duration refreshTokenTtl = section.duration("refreshTokenTtl", Duration.ofSeconds(1), Duration.ofDays(365));
        if (refreshTokenTtl.compareTo(accessTokenTtl) < 0) {
            section.problem("refreshTokenTtl", "expected at least auth.accessTokenTtl");
        }
        return new TokenOptions(
                section.optionalSecret("jwtSecret", MIN_SECRET_BYTES),
                accepted(section),
                section.text("issuer"),
                section.text("audience"),
                accessTokenTtl,
                refreshTokenTtl,
                section.duration("clockSkew", Duration.ZERO, Duration.ofMinutes(5)),
                section.list("admins").stream()
                        .map(email -> email.toLowerCase(Locale.ROOT))
                        .collect(Collectors.toUnmodifiableSet()),
                ForeignOptions.from(section));
    }

    private static List<Secret> accepted(Section section) {
        List<Secret> secrets = section.secrets("acceptedSecrets");
        if (secrets.stream().anyMatch(secret -> secret.bytes().length < MIN_SECRET_BYTES)) {
            section.problem("acceptedSecrets", "expected at least " + MIN_SECRET_BYTES + " bytes each");
        }
        return secrets;
    }

    /** The same with a secret that was made for development. */
    public TokenOptions withSecret(Secret secret) {
        return new TokenOptions(
                secret, acceptedSecrets, issuer, audience, accessTokenTtl, refreshTokenTtl, clockSkew, admins, foreign);
    }
}
