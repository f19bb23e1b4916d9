package dev.switchboard.support;

import dev.switchboard.support.Witness.Took;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * How long rooms stood still since a moment, while people talked in them all the time.
 *
 * @param room the longest time in which nobody of a room heard anything new
 * @param roomAgain when that ended, from the moment on
 * @param halfOfRooms what half of the rooms did not exceed
 * @param client the longest time in which a client that stayed connected heard nothing new
 * @param acknowledgement the longest that a message took from the first time that it was sent, reconnecting included
 * @param back the longest that a client took to be live again after its connection ended
 * @param reconnects how many connections ended
 */
public record Pauses(
        Duration room,
        Duration roomAgain,
        Duration halfOfRooms,
        Duration client,
        Duration acknowledgement,
        Duration back,
        int reconnects) {

    /** @param since {@link System#nanoTime()} of the moment */
    public static Pauses of(Collection<? extends Witness> talkers, long since) {
        Map<String, Map<Long, Long>> firstByRoom = new HashMap<>();
        for (Witness talker : talkers) {
            Map<Long, Long> first = firstByRoom.computeIfAbsent(talker.view().roomId(), r -> new HashMap<>());
            talker.view().arrivals().forEach((seq, at) -> first.merge(seq, at, Math::min));
        }
        List<Took> rooms = firstByRoom.values().stream()
                .map(first -> longestGap(first.values(), since))
                .sorted(Comparator.comparing(Took::nanos))
                .toList();
        Took longest = rooms.get(rooms.size() - 1);
        List<Took> back =
                since(talkers.stream().flatMap(t -> t.reconnects().stream()).toList(), since);
        return new Pauses(
                Duration.ofNanos(longest.nanos()),
                Duration.ofNanos(longest.at() - since),
                Duration.ofNanos(rooms.get(rooms.size() / 2).nanos()),
                longest(talkers.stream()
                        .flatMap(t -> t.view().silences().stream())
                        .filter(silence -> silence.to() > since)
                        .mapToLong(silence -> silence.to() - silence.from())),
                longest(since(
                                talkers.stream()
                                        .flatMap(t -> t.acknowledgements().stream())
                                        .toList(),
                                since)
                        .stream()
                        .mapToLong(Took::nanos)),
                longest(back.stream().mapToLong(Took::nanos)),
                back.size());
    }

    private static List<Took> since(List<Took> all, long since) {
        return all.stream().filter(took -> took.at() > since).toList();
    }

    private static Duration longest(LongStream nanos) {
        return Duration.ofNanos(nanos.max().orElse(0));
    }

    /** The longest time between an event after the moment and the event before it. */
    private static Took longestGap(Collection<Long> arrivals, long since) {
        List<Long> sorted = new ArrayList<>(arrivals);
        Collections.sort(sorted);
        Took longest = new Took(since, 0);
        for (int i = 1; i < sorted.size(); i++) {
            long gap = sorted.get(i) - sorted.get(i - 1);
            if (sorted.get(i) > since && gap > longest.nanos()) {
                longest = new Took(sorted.get(i), gap);
            }
        }
        return longest;
    }

    @Override
    public String toString() {
        return "longest pause of a room " + room.toMillis() + " ms (it ended after " + roomAgain.toMillis()
                + " ms; half of them " + halfOfRooms.toMillis() + "), of a connected client " + client.toMillis()
                + ", of an acknowledgement "
                + acknowledgement.toMillis() + "; " + reconnects + " sockets lost, back within " + back.toMillis()
                + " ms";
    }
}
