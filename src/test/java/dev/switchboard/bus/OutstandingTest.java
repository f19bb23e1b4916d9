package dev.switchboard.bus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OutstandingTest {
    @Test
    void whatIsNotWrittenIsBoundedAndRoomComesBack() {
        Outstanding towards = new Outstanding("one", 100);
        assertThat(towards.take(60)).isTrue();
        assertThat(towards.take(41)).isFalse();
        assertThat(towards.take(40)).as("what was refused does not count").isTrue();
        towards.written(60);
        assertThat(towards.take(61)).isFalse();
        assertThat(towards.take(60)).isTrue();
    }
}
