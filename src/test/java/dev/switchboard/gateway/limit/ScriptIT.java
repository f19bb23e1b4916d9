package dev.switchboard.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.gateway.limit.Bucket.Level;
import dev.switchboard.gateway.limit.Bucket.Outcome;
import dev.switchboard.support.RedisProcess;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** The script and {@link Bucket} are one rule: on a real Redis, with the time given to both. */
class ScriptIT {
    private static RedisProcess server;
    private static Vertx vertx;
    private static Redis redis;
    private static String script;

    @BeforeContainer
    static void start() throws IOException {
        server = new RedisProcess("");
        vertx = Vertx.vertx();
        redis = Redis.createClient(vertx, "redis://127.0.0.1:" + server.port);
        script = script();
    }

    @AfterContainer
    static void stop() throws Exception {
        redis.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        server.close();
    }

    /** The script with a clock that the test moves, and keys that do not go by the real one. */
    private static String script() throws IOException {
        try (var file = ScriptIT.class.getClassLoader().getResourceAsStream("limit/take.lua")) {
            String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            String clock = "redis.call('TIME')";
            String expiry = ", 'PX', string.format('%.0f', untilFull)";
            assertThat(text).contains(clock, expiry);
            return text.replace(clock, "{ARGV[4], ARGV[5]}").replace(expiry, "");
        }
    }

    private static Response call(Request request) throws Exception {
        return redis.send(request).toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Property(tries = 200)
    void theScriptAndTheBucketAgree(
            @ForAll @LongRange(min = 1, max = 1_000_000) long limit,
            @ForAll @LongRange(min = 1, max = 3_600_000_000L) long window,
            @ForAll @IntRange(min = 1, max = 1_000) int burst,
            @ForAll @Size(max = 40) List<@LongRange(min = -10_000_000L, max = 10_000_000_000L) Long> pauses)
            throws Exception {
        var bucket = new Bucket(limit, window, burst);
        long now = 1_800_000_000_000_000L;
        Level level = Bucket.FULL;
        call(Request.cmd(Command.FLUSHALL));
        for (long pause : pauses) {
            // Often soon after: that is where buckets are neither full nor empty.
            now += pause % 3 == 0 ? pause : pause / 1_000_000;
            Outcome expected = bucket.take(level, now, 1);
            level = expected.level();

            Response answer = call(Request.cmd(Command.EVAL)
                    .arg(script)
                    .arg(1)
                    .arg("key")
                    .arg(bucket.limit())
                    .arg(bucket.window())
                    .arg(bucket.burst())
                    .arg(now / 1_000_000)
                    .arg(now % 1_000_000));

            assertThat(answer.get(0).toInteger() == 1).isEqualTo(expected.granted());
            assertThat(answer.get(1).toLong()).isEqualTo(expected.used());
        }
    }
}
