package dev.switchboard.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The measuring instruments themselves. */
class MeasuringTest {
    private final Check check = new Check();

    @Test
    void percentilesAreExactToThreePercent() {
        Latencies latencies = new Latencies();
        for (int micros = 1; micros <= 100_000; micros++) {
            latencies.add(micros * 1_000L);
        }

        assertThat(latencies.millis(0.5)).isCloseTo(50, within(1.6));
        assertThat(latencies.millis(0.99)).isCloseTo(99, within(3.1)).isGreaterThanOrEqualTo(99);
    }

    @ParameterizedTest
    @ValueSource(doubles = {90, 1_000, 3_333, 100_000})
    void theSearchEndsJustBelowWhatTheServerCanDo(double capacity) {
        List<Double> tried = new ArrayList<>();

        Level found = new RateSearch(100, 6).from(50, rate -> {
            tried.add(rate);
            return level(rate, Math.min(rate, capacity));
        });

        assertThat(found.offered()).isBetween(0.95 * capacity, capacity / 0.98);
        assertThat(tried).hasSizeLessThan(40);
    }

    @Test
    void aServerThatCannotEvenDoTheEasyRateIsReportedAsSuch() {
        Level found = new RateSearch(100, 6).from(50, rate -> level(rate, 10));

        assertThat(found.holds(100)).isFalse();
    }

    @Test
    void aLevelWithLateMessagesDoesNotHold() {
        assertThat(new Level(100, 100, 1, 99, 1, 0, 0.5, 0.5, 100, null).holds(100))
                .isTrue();
        assertThat(new Level(100, 100, 1, 101, 1, 0, 0.5, 0.5, 100, null).holds(100))
                .isFalse();
        assertThat(new Level(100, 97, 1, 99, 1, 0, 0.5, 0.5, 100, null).holds(100))
                .isFalse();
        assertThat(new Level(100, 100, 1, 99, 1, 0, 0.5, 0.5, 100, "lost one").holds(100))
                .isFalse();
    }

    @Test
    void aStampTellsItsTimeAndItsNumber() {
        String body = Stamp.body(1_234_567_890_123L, 77);
        ByteBuf in = buffer("\"" + body + "\"");

        assertThat(in.readableBytes()).isEqualTo(Stamp.BODY_BYTES);
        int at = Stamp.mark().first(in, 0, in.writerIndex());
        assertThat(Stamp.nanos(in, at)).isEqualTo(1_234_567_890_123L);
        assertThat(Stamp.number(in, at)).isEqualTo(77);
    }

    @Test
    void gaplessMessagesAreFine() {
        add(1, 10);
        add(2, 11);

        assertThat(check.fault(2)).isNull();
    }

    @Test
    void aRepeatedMessageIsNoticed() {
        add(1, 10);
        add(1, 11);

        assertThat(check.fault(2)).contains("twice");
    }

    @Test
    void aGapIsNoticed() {
        add(1, 10);
        add(2, 12);

        assertThat(check.fault(2)).contains("12 came after 10");
    }

    @Test
    void aDeliveryThatWasCountedButNotSeenIsNoticed() {
        add(1, 10);

        assertThat(check.fault(2)).contains("2 deliveries");
    }

    private void add(int number, long seq) {
        ByteBuf in = buffer("{\"seq\":" + seq + ",\"content\":\"" + Stamp.body(1, number) + "\"}");
        check.add(in, 0, in.writerIndex());
    }

    private static ByteBuf buffer(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    private static Level level(double offered, double achieved) {
        return new Level(offered, achieved, 1, 10, 1, 0, 0.5, 0.5, 100, null);
    }
}
