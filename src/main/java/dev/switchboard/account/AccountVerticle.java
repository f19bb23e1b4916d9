package dev.switchboard.account;

import dev.switchboard.bus.Bus;
import dev.switchboard.bus.Handlers;
import dev.switchboard.identity.AccessTokens;
import dev.switchboard.identity.Revocations;
import dev.switchboard.identity.TokenOptions;
import dev.switchboard.protocol.Part;
import dev.switchboard.storage.Database;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;

/** One shard of the accounts. */
public final class AccountVerticle extends VerticleBase {
    private final int shardIndex;
    private final Bus bus;
    private final Database database;
    private final AccessTokens tokens;
    private final Revocations revocations;
    private final TokenOptions options;

    public AccountVerticle(
            int shardIndex,
            Bus bus,
            Database database,
            AccessTokens tokens,
            Revocations revocations,
            TokenOptions options) {
        this.shardIndex = shardIndex;
        this.bus = bus;
        this.database = database;
        this.tokens = tokens;
        this.revocations = revocations;
        this.options = options;
    }

    @Override
    public Future<?> start() {
        Handlers handlers = new Handlers();
        Sessions sessions = new Sessions(database, tokens, revocations, options);
        new Accounts(new PgUserStore(database), sessions, new PasswordWorkers(vertx), tokens, options.admins())
                .register(handlers);
        return bus.serve(Part.ACCOUNT, shardIndex, handlers);
    }
}
