package dev.switchboard.page;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How long a call took from being taken until both were connected, in milliseconds.
 *
 * @param camera from the click until the server is told: camera and microphone are opened meanwhile
 * @param offer from then until the caller offers
 * @param answer from then until the callee answers the offer
 * @param connect from then until both are connected
 */
record Setup(double camera, double offer, double answer, double connect) {
    static Setup of(Caller caller, Caller callee) {
        double told = callee.moment("call:answer");
        double offered = caller.moment("offer");
        double answered = callee.moment("answer");
        double connected = Math.max(caller.moment("connected"), callee.moment("connected"));
        return new Setup(told - callee.moment("accept"), offered - told, answered - offered, connected - answered);
    }

    double fromAnswer() {
        return offer + answer + connect;
    }

    double fromClick() {
        return camera + fromAnswer();
    }

    static String report(List<Setup> setups) {
        return Stream.of(
                        line("from the click on Accept", setups, Setup::fromClick),
                        line("from call:answer", setups, Setup::fromAnswer),
                        line("  click to call:answer", setups, Setup::camera),
                        line("  call:answer to offer", setups, Setup::offer),
                        line("  offer to answer", setups, Setup::answer),
                        line("  answer to connected", setups, Setup::connect))
                .collect(Collectors.joining("\n", "both connected, ms, of " + setups.size() + " calls:\n", ""));
    }

    private static String line(String what, List<Setup> setups, ToDoubleFunction<Setup> figure) {
        double[] sorted = setups.stream().mapToDouble(figure).sorted().toArray();
        return String.format(
                Locale.ROOT,
                "%-26s median %4.0f  worst %4.0f",
                what,
                sorted[sorted.length / 2],
                sorted[sorted.length - 1]);
    }
}
