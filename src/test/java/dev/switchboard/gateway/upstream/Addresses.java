package dev.switchboard.gateway.upstream;

import java.util.List;
import java.util.stream.IntStream;

/** Addresses for tests that connect to nothing. */
final class Addresses {
    private Addresses() {}

    static Address number(int i) {
        return new Address("10.0.0." + (i + 1), 80, false);
    }

    static List<Address> some(int count) {
        return IntStream.range(0, count).mapToObj(Addresses::number).toList();
    }
}
