package dev.switchboard.identity;

import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** Checks tokens of ours and, where the settings say so, of others. Safe to share. */
public final class AnyTokens implements TokenVerifier {
    private final AccessTokens ours;
    private final ForeignTokens foreign;
    private final @Nullable JwksSource source;

    private AnyTokens(AccessTokens ours, ForeignTokens foreign, @Nullable JwksSource source) {
        this.ours = ours;
        this.foreign = foreign;
        this.source = source;
    }

    /** Begins to fetch the keys of others, if there are any. */
    public static AnyTokens open(Vertx vertx, TokenOptions options, AccessTokens ours, Clock clock) {
        ForeignOptions.Jwks jwks = options.foreign().jwks();
        JwksSource source = jwks == null ? null : new JwksSource(vertx, jwks);
        return new AnyTokens(ours, new ForeignTokens(vertx, options, source, clock), source);
    }

    @Override
    public Future<Identity> verify(String token) {
        if (foreign.remembers(token)) {
            return foreign.verify(token);
        }
        Future<Identity> own = ours.verify(token);
        // What is ours and no longer good is not somebody else's.
        return own.cause() instanceof FaultException fault && fault.fault() == Fault.UNAUTHORIZED
                ? foreign.verify(token)
                : own;
    }

    /** Fetches no more keys. */
    public Future<Void> close() {
        return source == null ? Future.succeededFuture() : source.close();
    }
}
