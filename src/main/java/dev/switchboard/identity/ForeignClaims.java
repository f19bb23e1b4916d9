package dev.switchboard.identity;

import com.nimbusds.jwt.JWTClaimsSet;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Who a token of somebody else is about. */
final class ForeignClaims {
    /** Characters of a subject, a name, a role. */
    private static final int MAX_TEXT = 255;

    private static final int MAX_ROLES = 100;

    private final ForeignOptions options;

    ForeignClaims(ForeignOptions options) {
        this.options = options;
    }

    /** The identity, whose signature was checked before; null when there is no proper subject or no end. */
    @Nullable
    Identity identity(JWTClaimsSet claims) {
        String subject = subject(claims.getClaim(options.subjectClaim()));
        Date expiry = claims.getExpirationTime();
        if (subject == null || expiry == null) {
            return null;
        }
        String name = text(claims.getClaim("name"));
        String username = first(text(claims.getClaim("username")), text(claims.getClaim("preferred_username")), name);
        Instant until = expiry.toInstant();
        return new Identity(
                subject,
                uuid(subject),
                username == null ? subject : username,
                name == null ? subject : name,
                text(claims.getClaim("email")),
                first(text(claims.getClaim("phoneNumber")), text(claims.getClaim("phone_number")), null),
                roles(claims),
                null,
                until);
    }

    /** Some issuers number their users. */
    private static @Nullable String subject(@Nullable Object value) {
        return value instanceof Long || value instanceof Integer ? value.toString() : text(value);
    }

    /** A text that can be passed on in a header; null for anything else. */
    private static @Nullable String text(@Nullable Object value) {
        return value instanceof String text
                        && !text.isBlank()
                        && text.length() <= MAX_TEXT
                        && text.chars().noneMatch(Character::isISOControl)
                ? text
                : null;
    }

    private static @Nullable String first(@Nullable String a, @Nullable String b, @Nullable String c) {
        return a != null ? a : b != null ? b : c;
    }

    /** Only the usual spelling: two subjects are never one user. */
    private static @Nullable UUID uuid(String subject) {
        try {
            UUID uuid = UUID.fromString(subject);
            return uuid.toString().equals(subject) ? uuid : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private Set<String> roles(JWTClaimsSet claims) {
        String path = options.rolesClaim();
        Object value = path == null ? null : at(claims.getClaims(), path);
        Stream<?> roles = value instanceof Collection<?> list
                ? list.stream()
                // As OAuth writes scopes (RFC 8693 §4.2).
                : value instanceof String text ? Arrays.stream(text.split(" ", -1)) : Stream.of();
        return roles.flatMap(role -> Stream.ofNullable(text(role)))
                .limit(MAX_ROLES)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** A claim whose name has dots goes before the way that they could be. */
    private static @Nullable Object at(Map<?, ?> claims, String path) {
        Object whole = claims.get(path);
        int dot = path.indexOf('.');
        if (whole != null || dot < 0) {
            return whole;
        }
        return claims.get(path.substring(0, dot)) instanceof Map<?, ?> inner
                ? at(inner, path.substring(dot + 1))
                : null;
    }
}
