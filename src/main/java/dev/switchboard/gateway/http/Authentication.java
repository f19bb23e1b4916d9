package dev.switchboard.gateway.http;

import dev.switchboard.identity.Identity;
import dev.switchboard.identity.TokenVerifier;
import dev.switchboard.protocol.Fault;
import io.vertx.core.Future;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/** Who asks: from a verified token and nothing else that a client says. */
final class Authentication {
    private static final String BEARER = "Bearer ";

    private final TokenVerifier verifier;
    private final Xsrf xsrf;

    Authentication(TokenVerifier verifier, Xsrf xsrf) {
        this.verifier = verifier;
        this.xsrf = xsrf;
    }

    /**
     * Whom the token of a request belongs to; it comes in the {@code Authorization} header, or in a cookie.
     *
     * @return fails with {@code unauthorized}, {@code token_expired}, {@code session_revoked} or {@code xsrf_mismatch}
     */
    Future<Identity> identify(HttpServerRequest request) {
        String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (authorization != null) {
            return authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
                    ? verifier.verify(authorization.substring(BEARER.length()).strip())
                    : Future.failedFuture(
                            Fault.UNAUTHORIZED.because("The Authorization header must be a bearer token."));
        }
        String session = cookie(request, SignInCookies.SESSION);
        if (session == null) {
            return Future.failedFuture(Fault.UNAUTHORIZED.because("Sign in first."));
        }
        return verifier.verify(session).map(identity -> {
            if (!SafeMethods.ALL.contains(request.method())) {
                xsrf.check(request);
            }
            return identity;
        });
    }

    /** The value of a cookie; null when it is absent or empty. */
    static @Nullable String cookie(HttpServerRequest request, String name) {
        Cookie cookie = request.getCookie(name);
        return cookie == null || cookie.getValue() == null || cookie.getValue().isEmpty() ? null : cookie.getValue();
    }
}
