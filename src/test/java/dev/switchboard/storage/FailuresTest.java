package dev.switchboard.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.pgclient.PgException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** When a database counts as one that stores nothing. */
class FailuresTest {
    private final AtomicLong clock = new AtomicLong();
    private final Failures failures = new Failures("test", clock::get);

    private boolean refusingAfter(String state) {
        failures.translate(new PgException("refused", "ERROR", state, null));
        failures.reached();
        return failures.refusing();
    }

    @Test
    void whoHasNoRoomRefusesUntilNoRefusalComesAnyMore() {
        assertThat(failures.refusing()).isFalse();
        assertThat(refusingAfter("53100")).as("disk full; reading goes on").isTrue();
        clock.addAndGet(Duration.ofSeconds(29).toNanos());
        assertThat(refusingAfter("25006")).as("read only").isTrue();
        clock.addAndGet(Duration.ofSeconds(29).toNanos());
        assertThat(failures.refusing()).isTrue();
        clock.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(failures.refusing()).isFalse();
    }

    @Test
    void anObjectionIsNoRefusal() {
        assertThat(refusingAfter("23505")).as("a duplicate").isFalse();
        assertThat(refusingAfter("40001")).as("a serialization failure").isFalse();
    }
}
