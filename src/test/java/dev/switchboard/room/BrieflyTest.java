package dev.switchboard.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.junit.jupiter.api.Test;

class BrieflyTest {
    @Test
    void whoAsksWhileAnAnswerIsUnderWayGetsTheSame() {
        Briefly<String> briefly = new Briefly<>(0);
        Promise<String> slow = Promise.promise();
        assertThat(briefly.get(slow::future)).isSameAs(briefly.get(() -> Future.succeededFuture("another")));
        slow.complete("old");
        assertThat(briefly.get(() -> Future.succeededFuture("new")).result()).isEqualTo("new");
    }

    @Test
    void anAnswerIsGoodForAMomentAFailureIsNot() {
        Briefly<String> briefly = new Briefly<>(Long.MAX_VALUE);
        briefly.get(() -> Future.failedFuture("away"));
        briefly.get(() -> Future.succeededFuture("first"));
        assertThat(briefly.get(() -> Future.succeededFuture("second")).result()).isEqualTo("first");
    }
}
