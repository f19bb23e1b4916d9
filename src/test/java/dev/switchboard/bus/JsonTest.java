package dev.switchboard.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.Event;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class JsonTest {
    private record Timed(Instant at) {}

    private static String written(String time) {
        return Json.tree(new Timed(Instant.parse(time))).get("at").asText();
    }

    @Test
    void timesHaveMillisecondsHoweverExactlyTheyWereTaken() {
        assertThat(written("2026-11-21T08:00:00Z")).isEqualTo("2026-11-21T08:00:00.000Z");
        assertThat(written("2026-11-21T08:00:00.120Z")).isEqualTo("2026-11-21T08:00:00.120Z");
        assertThat(written("2026-11-21T08:00:00.123456789Z")).isEqualTo("2026-11-21T08:00:00.123Z");
        assertThat(Json.tree(Event.state(Event.TYPING, UUID.randomUUID(), new Timed(Instant.now())))
                        .get("at")
                        .asText())
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
    }

    @Test
    void timesAreReadAsTheyAreWritten() {
        Instant at = Instant.parse("2026-11-21T08:00:00.120Z");
        assertThat(Json.read(Json.tree(new Timed(at)), Timed.class).at()).isEqualTo(at);
    }
}
