package dev.switchboard.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.gateway.upstream.Checkup.Verdict;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckupTest {
    private static final CheckRule RULE = new CheckRule("/", Duration.ofSeconds(5), Duration.ofSeconds(1), 2, 3);

    /** + is a check that passed, - one that failed. */
    @ParameterizedTest
    @CsvSource({
        "'', UNKNOWN",
        "--, UNKNOWN",
        "---, FAILING",
        "+, PASSING",
        "--+, PASSING",
        "+--, PASSING",
        "+--+--, PASSING",
        "+---, FAILING",
        "---+, FAILING",
        "---+-+, FAILING",
        "---++, PASSING"
    })
    void aVerdictChangesAfterEnoughInARow(String checks, Verdict verdict) {
        Checkup checkup = Checkup.NONE;
        for (int i = 0; i < checks.length(); i++) {
            checkup = checks.charAt(i) == '+' ? checkup.passed(RULE) : checkup.failed(RULE);
        }

        assertThat(checkup.verdict()).isEqualTo(verdict);
    }
}
