package dev.switchboard.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * One thing that a client or a part can ask for: declared once, reachable through both doors. The permit list of the
 * bridge, the HTTP routes and {@code docs/protocol.md} follow from these declarations.
 *
 * @param address the event-bus address, for example {@code message:send}
 * @param part who serves it
 * @param request the type of the request; validates itself in its compact constructor
 * @param reply the type of the reply
 * @param access who may ask
 * @param key what owns the request: the node that owns this key's partition serves it
 * @param http the HTTP routes; empty when it is reachable by event bus only
 * @param summary what it does, in a few words for the documentation; the address where nothing was said
 * @param faults how it can fail, beyond what every operation can
 */
public record Operation<Q extends Record, R extends Record>(
        String address,
        Part part,
        Class<Q> request,
        Class<R> reply,
        Access access,
        BiFunction<Caller, Q, Object> key,
        List<Http> http,
        String summary,
        Set<Fault> faults) {

    /** Who may call an operation. */
    public enum Access {
        /** Anybody, without a token. */
        PUBLIC,
        /** Whoever bears a valid token. */
        USER,
        /** Whoever bears a valid token with the role {@code admin}. */
        ADMIN,
        /** Only parts of the platform; refused at both doors. */
        INTERNAL
    }

    /**
     * An HTTP route of an operation. Path parameters, query parameters and the fields of a JSON body become fields of
     * the request, in this order of precedence.
     *
     * @param method GET, POST, PUT or DELETE
     * @param path relative to {@code /api/v1}, with {@code {name}} for parameters, for example {@code /messages/{messageId}}
     * @param status the status of success
     */
    public record Http(String method, String path, int status) {}

    /** Starts a declaration. */
    public static <Q extends Record, R extends Record> Operation<Q, R> of(
            String address, Part part, Class<Q> request, Class<R> reply, BiFunction<Caller, Q, Object> key) {
        return new Operation<>(address, part, request, reply, Access.USER, key, List.of(), address, Set.of());
    }

    public Operation<Q, R> access(Access who) {
        return new Operation<>(address, part, request, reply, who, key, http, summary, faults);
    }

    /**
     * Says what it does and how it can fail.
     *
     * @param ways those beyond what every operation can answer
     */
    public Operation<Q, R> summary(String what, Fault... ways) {
        return new Operation<>(address, part, request, reply, access, key, http, what, Set.of(ways));
    }

    /** Adds an HTTP route that answers 200. */
    public Operation<Q, R> http(String method, String path) {
        return http(method, path, 200);
    }

    /** Adds an HTTP route. */
    public Operation<Q, R> http(String method, String path, int status) {
        var routes = new ArrayList<>(http);
        routes.add(new Http(method, path, status));
        return new Operation<>(address, part, request, reply, access, key, List.copyOf(routes), summary, faults);
    }

    /** The key of a request as text; what the cluster's partition table is asked for. */
    public String keyOf(Caller caller, Q body) {
        @Nullable Object value = key.apply(caller, body);
        return String.valueOf(value);
    }
}
