package dev.switchboard.gateway.http;

import dev.switchboard.protocol.AccountOperations.SignedIn;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpServerResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The cookies of somebody who is signed in (RFC 6265bis). Scripts can read {@code XSRF-TOKEN} alone. */
final class SignInCookies {
    static final String SESSION = "session";
    static final String XSRF = "XSRF-TOKEN";
    static final String REFRESH = "refresh";

    private static final String REFRESH_PATH = "/api";
    private static final int XSRF_BYTES = 24;
    private static final Pattern XSRF_TOKEN = Pattern.compile("[A-Za-z0-9_-]{32}");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Duration refreshTtl;

    /** @param refreshTtl how long a refresh token is good */
    SignInCookies(Duration refreshTtl) {
        this.refreshTtl = refreshTtl;
    }

    /**
     * Sets all three.
     *
     * @param xsrf the token that the browser has: tabs that are open go on with it; a new one is made when it is not one of
     *     ours
     * @param secure whether the browser speaks TLS; only then may it be told to keep them to TLS
     */
    void set(HttpServerResponse response, SignedIn signedIn, @Nullable String xsrf, boolean secure) {
        String token = xsrf != null && XSRF_TOKEN.matcher(xsrf).matches() ? xsrf : newXsrf();
        long session = signedIn.expiresIn();
        long refresh = refreshTtl.toSeconds();
        response.addCookie(session(signedIn.accessToken(), session, secure));
        response.addCookie(xsrf(token, refresh, secure));
        response.addCookie(refresh(signedIn.refreshToken(), refresh, secure));
    }

    /** Makes the browser forget all three. */
    void clear(HttpServerResponse response, boolean secure) {
        response.addCookie(session("", 0, secure));
        response.addCookie(xsrf("", 0, secure));
        response.addCookie(refresh("", 0, secure));
    }

    private static Cookie session(String value, long maxAge, boolean secure) {
        return cookie(SESSION, value, "/", maxAge, secure).setHttpOnly(true).setSameSite(CookieSameSite.LAX);
    }

    private static Cookie xsrf(String value, long maxAge, boolean secure) {
        return cookie(XSRF, value, "/", maxAge, secure).setSameSite(CookieSameSite.LAX);
    }

    private static Cookie refresh(String value, long maxAge, boolean secure) {
        return cookie(REFRESH, value, REFRESH_PATH, maxAge, secure)
                .setHttpOnly(true)
                .setSameSite(CookieSameSite.STRICT);
    }

    private static Cookie cookie(String name, String value, String path, long maxAge, boolean secure) {
        return Cookie.cookie(name, value).setPath(path).setMaxAge(maxAge).setSecure(secure);
    }

    private static String newXsrf() {
        byte[] bytes = new byte[XSRF_BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
