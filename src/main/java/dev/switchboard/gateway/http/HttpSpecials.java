package dev.switchboard.gateway.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.protocol.AccountOperations;
import dev.switchboard.protocol.ConversationOperations;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.Ids;
import dev.switchboard.protocol.MeetingOperations;
import dev.switchboard.protocol.Operation;
import dev.switchboard.protocol.RoomOperations;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.Map;

/** What HTTP does differently for a few operations: cookies, statuses, defaults. All of it, in one table. */
final class HttpSpecials {
    static final String IDEMPOTENCY_KEY = "Idempotency-Key";

    /** An answer: its status and what is written as its body. */
    record Reply(int status, Object body) {}

    private interface Before {
        void prepare(RoutingContext rc, ObjectNode request);
    }

    private interface After<R> {
        Reply finish(RoutingContext rc, Reply usual, R reply);
    }

    private final Map<Operation<?, ?>, Before> before = new HashMap<>();
    private final Map<Operation<?, ?>, After<?>> after = new HashMap<>();
    private final SignInCookies cookies;
    private final Xsrf xsrf;

    HttpSpecials(SignInCookies cookies, Xsrf xsrf) {
        this.cookies = cookies;
        this.xsrf = xsrf;
        before.put(AccountOperations.REGISTER, HttpSpecials::userAgent);
        before.put(AccountOperations.LOGIN, HttpSpecials::userAgent);
        before.put(AccountOperations.REFRESH, this::refreshByCookie);
        before.put(RoomOperations.SEND, HttpSpecials::clientId);
        before.put(ConversationOperations.CREATE, HttpSpecials::clientId);
        before.put(MeetingOperations.CREATE, HttpSpecials::clientId);
        after(AccountOperations.REGISTER, (rc, usual, reply) -> signIn(rc, usual, reply, false));
        after(AccountOperations.LOGIN, (rc, usual, reply) -> signIn(rc, usual, reply, false));
        after(AccountOperations.REFRESH, (rc, usual, reply) -> signIn(rc, usual, reply, true));
        after(AccountOperations.LOGOUT, (rc, usual, reply) -> signOut(rc, usual));
        after(AccountOperations.DELETE_ME, (rc, usual, reply) -> signOut(rc, usual));
        after(
                ConversationOperations.CREATE,
                (rc, usual, reply) -> new Reply(reply.created() ? usual.status() : 200, reply.conversation()));
    }

    private <R extends Record> void after(Operation<?, R> operation, After<R> what) {
        after.put(operation, what);
    }

    /** Completes the JSON of a request. */
    void prepare(Operation<?, ?> operation, RoutingContext rc, ObjectNode request) {
        Before special = before.get(operation);
        if (special != null) {
            special.prepare(rc, request);
        }
    }

    /** The answer to a reply; usually the reply itself, with the status of the route. */
    <R extends Record> Reply finish(Operation<?, R> operation, RoutingContext rc, int status, R reply) {
        var usual = new Reply(status, reply);
        @SuppressWarnings("unchecked") // put there with the type of the operation
        var special = (After<R>) after.get(operation);
        return special == null ? usual : special.finish(rc, usual, reply);
    }

    private void refreshByCookie(RoutingContext rc, ObjectNode request) {
        if (request.hasNonNull("refreshToken")) {
            return;
        }
        String token = Authentication.cookie(rc.request(), SignInCookies.REFRESH);
        if (token == null) {
            throw Fault.UNAUTHORIZED.because("Sign in first.");
        }
        xsrf.check(rc.request());
        request.put("refreshToken", token);
    }

    /** By it people tell their sessions apart; what the body says about it does not count. */
    private static void userAgent(RoutingContext rc, ObjectNode request) {
        String agent = rc.request().getHeader(HttpHeaders.USER_AGENT);
        if (agent == null || agent.isBlank()) {
            request.remove("userAgent");
        } else {
            request.put("userAgent", agent.substring(0, Math.min(agent.length(), AccountOperations.MAX_USER_AGENT)));
        }
    }

    /** A client that names neither cannot safely send again; but the bus can, while it looks for an answer. */
    private static void clientId(RoutingContext rc, ObjectNode request) {
        if (!request.hasNonNull("clientId")) {
            String key = rc.request().getHeader(IDEMPOTENCY_KEY);
            request.put("clientId", key != null ? key : Ids.next().toString());
        }
    }

    private Reply signIn(RoutingContext rc, Reply usual, AccountOperations.SignedIn reply, boolean keepXsrf) {
        String xsrf = keepXsrf ? Authentication.cookie(rc.request(), SignInCookies.XSRF) : null;
        cookies.set(rc.response(), reply, xsrf, Exchange.of(rc).secure());
        return usual;
    }

    private Reply signOut(RoutingContext rc, Reply usual) {
        cookies.clear(rc.response(), Exchange.of(rc).secure());
        return usual;
    }
}
