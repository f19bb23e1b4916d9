package dev.switchboard.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.Event;
import java.time.Instant;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
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

    /** Seconds from the year -5 to the year 12000: the form for years of four digits is our own. */
    @Property
    void timesAreWrittenAsJavaWritesThem(
            @ForAll @LongRange(min = -62_300_000_000L, max = 316_500_000_000L) long second,
            @ForAll @IntRange(max = 999_999_999) int nano) {
        Instant at = Instant.ofEpochSecond(second, nano);
        assertThat(Json.tree(new Timed(at)).get("at").asText())
                .isEqualTo(new DateTimeFormatterBuilder()
                        .appendInstant(3)
                        .toFormatter(Locale.ROOT)
                        .format(at));
    }

    @Test
    void timesAreReadAsTheyAreWritten() {
        Instant at = Instant.parse("2026-11-21T08:00:00.120Z");
        assertThat(Json.read(Json.tree(new Timed(at)), Timed.class).at()).isEqualTo(at);
    }
}
