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
import org.jspecify.annotations.Nullable;

/** One shard of the accounts; the first one on a node also looks after the sessions that ended. */
public final class AccountVerticle extends VerticleBase {
    private final int shardIndex;
    private final Bus bus;
    private final Database database;
    private final AccessTokens tokens;
    private final Revocations revocations;
    private final TokenOptions options;
    private final Passwords passwords;
    private @Nullable SessionKeeper keeper;

    public AccountVerticle(
            int shardIndex,
            Bus bus,
            Database database,
            AccessTokens tokens,
            Revocations revocations,
            TokenOptions options) {
        this(shardIndex, bus, database, tokens, revocations, options, new Passwords());
    }

    AccountVerticle(
            int shardIndex,
            Bus bus,
            Database database,
            AccessTokens tokens,
            Revocations revocations,
            TokenOptions options,
            Passwords passwords) {
        this.shardIndex = shardIndex;
        this.bus = bus;
        this.database = database;
        this.tokens = tokens;
        this.revocations = revocations;
        this.options = options;
        this.passwords = passwords;
    }

    @Override
    public Future<?> start() {
        UserStore users = new PgUserStore(database);
        SessionStore sessionStore = new PgSessionStore(database);
        Sessions sessions = new Sessions(sessionStore, tokens, revocations, options);
        PasswordWorkers workers = new PasswordWorkers(vertx, passwords, PasswordWorkers.MAX_WAIT);
        AdminEmails admins = new AdminEmails(options.admins());
        Handlers handlers = new Handlers();
        new SignIn(users, sessions, workers, tokens, admins).register(handlers);
        new Accounts(users, sessions, workers, admins).register(handlers);
        if (shardIndex != 0) {
            return bus.serve(Part.ACCOUNT, shardIndex, handlers);
        }
        keeper = new SessionKeeper(vertx, sessionStore, revocations, sessions.tokenLife());
        return keeper.start().compose(done -> bus.serve(Part.ACCOUNT, shardIndex, handlers));
    }

    @Override
    public Future<?> stop() {
        if (keeper != null) {
            keeper.stop();
        }
        return Future.succeededFuture();
    }
}
