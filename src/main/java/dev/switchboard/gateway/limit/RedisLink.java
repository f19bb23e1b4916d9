package dev.switchboard.gateway.limit;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.ErrorType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connection of one event loop to Redis. What is asked waits in one row, so one timer sees who has waited too long;
 * then everybody in the row is answered by this node's buckets, and so is everybody who comes until Redis has answered a
 * ping within the same time. Tries are made one at a time, 100 ms to 5 s apart.
 */
final class RedisLink {
    /** Waits at most for one connection. */
    private static final int MAX_WAITING = 2_000;

    private static final int CONNECT_TIMEOUT_MS = 1_000;

    /** A connection that does not answer a ping for so long is given up. */
    private static final long PING_TIMEOUT_MS = 1_000;

    private static final long FIRST_DELAY_MS = 100;
    private static final long LONGEST_DELAY_MS = 5_000;

    /** Whoever serves for so long starts again with the first delay. */
    private static final long STABLE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Longer keys are hashed: what a stranger's token says may be long. */
    private static final int MAX_KEY = 128;

    /** One request for a token. */
    static final class Ask {
        private final Tier tier;
        private final Bucket bucket;
        private final String key;
        private final Promise<Verdict> verdict;
        private long since;
        private boolean answered;
        private boolean whole;

        Ask(Tier tier, Bucket bucket, String key, Promise<Verdict> verdict) {
            this.tier = tier;
            this.bucket = bucket;
            this.key = key;
            this.verdict = verdict;
        }
    }

    private enum Phase {
        /** Not yet connected for the first time: whoever comes waits for it as for an answer. */
        STARTING,
        UP,
        DOWN
    }

    private final ContextInternal context;
    private final LimitOptions options;
    private final RedisAddress address;
    private final String script;
    private final String digest;
    private final NodeLimiter node;
    private final RedisState state;
    private final long budgetNanos;
    private final ArrayDeque<Ask> waiting = new ArrayDeque<>();
    private Phase phase = Phase.STARTING;
    private @Nullable Redis client;
    private @Nullable RedisConnection connection;
    private boolean watching;
    private boolean trying;
    private boolean closed;
    private int failures;
    private long upSince;

    RedisLink(
            ContextInternal context,
            LimitOptions options,
            RedisAddress address,
            String script,
            NodeLimiter node,
            RedisState state) {
        this.context = context;
        this.options = options;
        this.address = address;
        this.script = script;
        this.digest = sha1(script);
        this.node = node;
        this.state = state;
        this.budgetNanos = options.redisTimeout().toNanos();
        context.runOnContext(v -> tryAgain());
    }

    private static String sha1(String text) {
        return hash("SHA-1", text);
    }

    private static String hash(String algorithm, String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance(algorithm).digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** From any thread. */
    Future<Verdict> take(Ask ask) {
        if (context.inThread()) {
            ask(ask);
        } else {
            context.runOnContext(v -> ask(ask));
        }
        return ask.verdict.future();
    }

    private void ask(Ask ask) {
        if (phase == Phase.DOWN || waiting.size() >= MAX_WAITING) {
            decideHere(ask);
            return;
        }
        ask.since = System.nanoTime();
        waiting.add(ask);
        RedisConnection to = connection;
        if (phase == Phase.UP && to != null) {
            send(ask, to);
        }
        watch(budgetNanos);
    }

    private void send(Ask ask, RedisConnection to) {
        Request request = ask.whole
                ? Request.cmd(Command.EVAL).arg(script)
                : Request.cmd(Command.EVALSHA).arg(digest);
        to.send(request.arg(1)
                        .arg(redisKey(ask))
                        .arg(ask.bucket.limit())
                        .arg(ask.bucket.window())
                        .arg(ask.bucket.burst()))
                .onComplete(answer -> answered(ask, to, answer));
    }

    /** A bucket with another rate counts in other parts, so it is another one. */
    private String redisKey(Ask ask) {
        String who = ask.key.length() <= MAX_KEY ? ask.key : hash("SHA-256", ask.key);
        return options.redisPrefix() + ask.tier.name() + ":" + ask.bucket.limit() + "/" + ask.bucket.window() + ":"
                + who;
    }

    private void answered(Ask ask, RedisConnection from, AsyncResult<Response> answer) {
        if (ask.answered) {
            return;
        }
        if (answer.succeeded()) {
            finish(ask, verdict(ask, answer.result()));
            while (!waiting.isEmpty() && waiting.peek().answered) {
                waiting.remove();
            }
        } else if (!ask.whole && answer.cause() instanceof ErrorType error && error.is("NOSCRIPT")) {
            ask.whole = true;
            send(ask, from);
        } else {
            down(String.valueOf(answer.cause().getMessage()));
        }
    }

    private static Verdict verdict(Ask ask, Response answer) {
        boolean granted = answer.get(0).toInteger() == 1;
        return ask.tier.verdict(ask.bucket, granted, answer.get(1).toLong());
    }

    private static void finish(Ask ask, Verdict verdict) {
        ask.answered = true;
        ask.verdict.complete(verdict);
    }

    private void decideHere(Ask ask) {
        state.decidedByNode();
        finish(ask, node.take(ask.tier, ask.key));
    }

    private void watch(long nanos) {
        if (!watching && !waiting.isEmpty()) {
            watching = true;
            later(nanos, this::watched);
        }
    }

    /** Not by Vert.x's timers: those belong to whoever is running, and end with them. */
    private void later(long nanos, Runnable action) {
        context.nettyEventLoop()
                .schedule(() -> context.emit(null, v -> action.run()), Math.max(1, nanos), TimeUnit.NANOSECONDS);
    }

    private void watched() {
        watching = false;
        while (!waiting.isEmpty() && waiting.peek().answered) {
            waiting.remove();
        }
        Ask oldest = waiting.peek();
        if (oldest == null) {
            return;
        }
        long left = budgetNanos - (System.nanoTime() - oldest.since);
        if (left <= 0) {
            down("no answer within " + options.redisTimeout().toMillis() + " ms");
        } else {
            watch(left);
        }
    }

    private void down(String reason) {
        if (phase == Phase.DOWN || closed) {
            return;
        }
        if (phase == Phase.UP && System.nanoTime() - upSince > STABLE_NANOS) {
            failures = 0;
        }
        phase = Phase.DOWN;
        state.down(reason);
        for (Ask ask = waiting.poll(); ask != null; ask = waiting.poll()) {
            if (!ask.answered) {
                decideHere(ask);
            }
        }
        if (!trying) {
            tryLater();
        }
    }

    private void up() {
        boolean before = phase == Phase.DOWN;
        phase = Phase.UP;
        upSince = System.nanoTime();
        if (before) {
            state.up();
        }
        RedisConnection to = connection;
        if (to != null) {
            waiting.forEach(ask -> send(ask, to));
        }
    }

    private void tryLater() {
        long delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS << Math.min(failures++, 10));
        long jittered = delay / 2 + ThreadLocalRandom.current().nextLong(delay);
        later(TimeUnit.MILLISECONDS.toNanos(jittered), this::tryAgain);
    }

    private void tryAgain() {
        if (closed) {
            return;
        }
        trying = true;
        (connection == null ? connect() : ping(connection)).onComplete(done -> {
            trying = false;
            if (closed) {
                drop();
            } else if (done.succeeded()) {
                up();
            } else if (phase == Phase.DOWN) {
                tryLater();
            } else {
                down(String.valueOf(done.cause().getMessage()));
            }
        });
    }

    private Future<Void> connect() {
        Redis redis = Redis.createClient(context.owner(), address.options(CONNECT_TIMEOUT_MS, 2 * MAX_WAITING));
        client = redis;
        return redis.connect()
                .compose(made -> {
                    if (client != redis) {
                        return Future.failedFuture("too late");
                    }
                    connection = made;
                    made.endHandler(v -> lost(made)).exceptionHandler(failure -> lost(made));
                    return made.send(Request.cmd(Command.SCRIPT).arg("LOAD").arg(script));
                })
                .timeout(CONNECT_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .onFailure(failure -> drop())
                .mapEmpty();
    }

    /** Succeeds when Redis answers as fast as it has to. */
    private Future<Void> ping(RedisConnection to) {
        long sent = System.nanoTime();
        return to.send(Request.cmd(Command.PING))
                .timeout(PING_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .onFailure(failure -> drop())
                .compose(pong -> System.nanoTime() - sent <= budgetNanos
                        ? Future.succeededFuture()
                        : Future.failedFuture("slow"));
    }

    private void lost(RedisConnection which) {
        if (which == connection) {
            drop();
            down("the connection ended");
        }
    }

    private void drop() {
        Redis old = client;
        client = null;
        connection = null;
        if (old != null) {
            old.close();
        }
    }

    /** From any thread. Whoever waits is decided by this node. */
    Future<Void> close() {
        Promise<Void> done = Promise.promise();
        context.runOnContext(v -> {
            closed = true;
            phase = Phase.DOWN;
            for (Ask ask = waiting.poll(); ask != null; ask = waiting.poll()) {
                if (!ask.answered) {
                    decideHere(ask);
                }
            }
            drop();
            done.complete();
        });
        return done.future();
    }
}
