package dev.switchboard.gateway.http;

import dev.switchboard.gateway.bridge.OriginPolicy;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * Whether it is one of our pages that asks with cookies: browsers send them with what any page asks for.
 *
 * @param proof what a page must show
 * @param origins which pages are ours
 */
record Xsrf(XsrfProof proof, OriginPolicy origins) {
    static final String HEADER = "X-XSRF-TOKEN";

    /**
     * @throws FaultException {@code xsrf_mismatch} when somebody else's page may have asked
     */
    void check(HttpServerRequest request) {
        if (repeatsToken(request) || (proof == XsrfProof.ORIGIN && isOurs(request))) {
            return;
        }
        throw Fault.XSRF_MISMATCH.because(
                "The header " + HEADER + " must repeat the cookie " + SignInCookies.XSRF + ".");
    }

    /** Only our own pages can read one cookie and repeat it in a header. */
    private static boolean repeatsToken(HttpServerRequest request) {
        String cookie = Authentication.cookie(request, SignInCookies.XSRF);
        String header = request.getHeader(HEADER);
        return cookie != null
                && header != null
                && MessageDigest.isEqual(
                        cookie.getBytes(StandardCharsets.UTF_8), header.getBytes(StandardCharsets.UTF_8));
    }

    private boolean isOurs(HttpServerRequest request) {
        HostAndPort host = request.authority();
        return origins.judge(request.getHeader(HttpHeaders.ORIGIN), host == null ? null : host.toString())
                == OriginPolicy.Verdict.TRUSTED;
    }
}
