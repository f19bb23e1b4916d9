package dev.switchboard.gateway.http;

import dev.switchboard.identity.Identity;
import dev.switchboard.identity.TokenVerifier;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import io.vertx.core.Future;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** Who asks: from a verified token and nothing else that a client says. */
final class Authentication {
    static final String XSRF_HEADER = "X-XSRF-TOKEN";

    private static final String BEARER = "Bearer ";

    private final TokenVerifier verifier;

    Authentication(TokenVerifier verifier) {
        this.verifier = verifier;
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
                checkXsrf(request);
            }
            return identity;
        });
    }

    /**
     * Double submit: browsers send cookies with what any page asks for, but only our own pages can read one and repeat it
     * in a header.
     *
     * @throws FaultException {@code xsrf_mismatch}
     */
    static void checkXsrf(HttpServerRequest request) {
        String cookie = cookie(request, SignInCookies.XSRF);
        String header = request.getHeader(XSRF_HEADER);
        if (cookie == null
                || header == null
                || !MessageDigest.isEqual(
                        cookie.getBytes(StandardCharsets.UTF_8), header.getBytes(StandardCharsets.UTF_8))) {
            throw Fault.XSRF_MISMATCH.because(
                    "The header " + XSRF_HEADER + " must repeat the cookie " + SignInCookies.XSRF + ".");
        }
    }

    /** The value of a cookie; null when it is absent or empty. */
    static @Nullable String cookie(HttpServerRequest request, String name) {
        Cookie cookie = request.getCookie(name);
        return cookie == null || cookie.getValue() == null || cookie.getValue().isEmpty() ? null : cookie.getValue();
    }
}
