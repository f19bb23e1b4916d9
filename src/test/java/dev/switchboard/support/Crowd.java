package dev.switchboard.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.support.Api.Account;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Many clients, ten of them in each room, of whom one after the other says something, if it is connected and has an answer to
 * what it said last.
 */
public final class Crowd implements AutoCloseable {
    /** Each person has so many sockets, each in another room. */
    private static final int SOCKETS_EACH = 5;

    private static final int SOCKETS_IN_ROOM = 10;

    private final List<Account> people = new ArrayList<>();
    private final Map<String, List<Chatter>> rooms = new HashMap<>();
    private final List<Chatter> chatters = new ArrayList<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private int turn;

    /**
     * Comes and begins to talk.
     *
     * @param size how many sockets; a multiple of 50
     * @param between how often somebody says something in each room: so exactly it is known how long one stood still
     * @param others who belong to each room besides those who talk; the first of them makes the rooms
     */
    public Crowd(URI door, int size, Duration between, List<Account> others) {
        Api api = new Api(door);
        for (int i = 0; i < size / SOCKETS_EACH; i++) {
            people.add(api.register("p" + i));
        }
        List<String> ids = new ArrayList<>();
        for (int r = 0; r < size / SOCKETS_IN_ROOM; r++) {
            // The ten after another, so that each is in five rooms and shares them with different people.
            List<Account> talking = new ArrayList<>();
            for (int s = 0; s < SOCKETS_IN_ROOM; s++) {
                talking.add(people.get((r * SOCKETS_IN_ROOM / SOCKETS_EACH + s) % people.size()));
            }
            List<Account> members = new ArrayList<>(others);
            members.addAll(talking);
            String room = api.call(
                            "POST",
                            "/api/v1/conversations",
                            others.get(0),
                            Map.of(
                                    "kind",
                                    "group",
                                    "memberIds",
                                    members.stream().map(Account::id).toList()))
                    .ok()
                    .get("id")
                    .asText();
            List<Chatter> here = talking.stream()
                    .map(person -> new Chatter(person, room, door))
                    .toList();
            ids.add(room);
            rooms.put(room, here);
            chatters.addAll(here);
        }
        // Evenly, not all rooms at once.
        clock.scheduleAtFixedRate(
                () -> {
                    say(rooms.get(ids.get(turn % ids.size())), turn / ids.size());
                    turn++;
                },
                0,
                between.toNanos() / ids.size(),
                TimeUnit.NANOSECONDS);
    }

    private static void say(List<Chatter> room, int round) {
        for (int i = 0; i < room.size(); i++) {
            if (room.get((round + i) % room.size()).say()) {
                return;
            }
        }
    }

    public List<Chatter> chatters() {
        return chatters;
    }

    public List<Account> people() {
        return people;
    }

    public Set<String> rooms() {
        return rooms.keySet();
    }

    /** Each gets one more message acknowledged. */
    public void awaitProgress() {
        Map<Chatter, Integer> before = new HashMap<>();
        chatters.forEach(each -> before.put(each, each.acknowledgements().size()));
        await().atMost(Patience.LONG).untilAsserted(() -> assertThat(chatters)
                .filteredOn(each -> each.acknowledgements().size() <= before.get(each))
                .isEmpty());
    }

    /** The ids of those who talk in a room. */
    public Set<String> talkingIn(String room) {
        Set<String> ids = new TreeSet<>();
        rooms.get(room).forEach(each -> ids.add(each.account().id()));
        return ids;
    }

    /** All sockets of somebody are closed for good. */
    public void leave(Account person) {
        chatters.stream().filter(each -> each.account().equals(person)).forEach(Chatter::close);
    }

    /** Nobody says anything new any more; waits until everybody has an answer. */
    public void finish() {
        clock.shutdown();
        chatters.forEach(Chatter::hush);
        chatters.forEach(Chatter::finish);
    }

    @Override
    public void close() {
        clock.shutdownNow();
        chatters.forEach(Chatter::close);
    }
}
