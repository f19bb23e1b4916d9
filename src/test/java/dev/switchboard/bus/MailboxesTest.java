package dev.switchboard.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.bus.Mailboxes.Address;
import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.support.OneNode;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Events for people of a meeting some of whom are away. */
class MailboxesTest {
    private static final UUID PLACE = new UUID(0, 9);
    private static final UUID ANN = new UUID(0, 1);
    private static final UUID BOB = new UUID(0, 2);
    private static final int MOST = 64;

    private final Vertx vertx = Vertx.vertx();
    private final Bus bus = new Bus(vertx, new OneNode());
    private final Mailboxes mail = new Mailboxes(bus);
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final Map<UUID, @Nullable Address> people = new HashMap<>();

    @BeforeEach
    void listen() {
        bus.onDelivery(delivery -> {
            String event = new String(delivery.events().get(0), StandardCharsets.UTF_8);
            heard.add(delivery.address().substring(Delivery.SOCKET.length()) + " "
                    + event.replaceAll(".*\"data\":\"(\\w+).*", "$1"));
        });
        people.put(ANN, new Address("one", "ann", false));
        people.put(BOB, new Address("one", "bob", true));
    }

    @AfterEach
    void stop() {
        vertx.close();
    }

    /** Bob is away. */
    private void deliver(UUID place, String data) {
        mail.deliver(place, BOB, Event.personal(Event.OFFER, data), people::get);
    }

    private void send(UUID user, String data) {
        mail.deliver(PLACE, user, Event.personal(Event.OFFER, data), people::get);
    }

    private static List<String> numbers(String before) {
        return IntStream.range(0, MOST).mapToObj(i -> before + i).toList();
    }

    private void awaitHeard(List<String> all) {
        Awaitility.await().until(() -> heard.size() >= all.size());
        assertThat(heard).isEqualTo(all);
    }

    @Test
    void whatWaitsForOneWhoIsAwayKeepsNobodyElseWaiting() {
        numbers("").forEach(number -> send(BOB, number));
        assertThatThrownBy(() -> send(BOB, "more"))
                .isInstanceOfSatisfying(
                        FaultException.class, e -> assertThat(e.fault()).isEqualTo(Fault.UNAVAILABLE));
        send(ANN, "hello");
        awaitHeard(List.of("ann hello"));
    }

    @Test
    void whoComesBackHearsEverythingInOrder() {
        numbers("").forEach(number -> send(BOB, number));
        people.put(BOB, new Address("one", "bob2", false));
        send(BOB, "now");
        List<String> all = new CopyOnWriteArrayList<>(numbers("bob2 "));
        all.add("bob2 now");
        awaitHeard(all);
    }

    @Test
    void whatWaitsIsBoundedAndMakesRoomWhenItsPlaceIsForgotten() {
        String large = "x".repeat(32 << 10);
        int most = (16 << 20) / large.length();
        assertThatThrownBy(() -> {
                    for (int i = 0; i < most; i++) {
                        deliver(new UUID(1, i / (MOST - 1)), large);
                    }
                })
                .isInstanceOf(FaultException.class);
        mail.retain(List.of());
        deliver(PLACE, large);
        people.put(BOB, new Address("one", "bob", false));
        mail.flush(PLACE, people::get);
        awaitHeard(List.of("bob " + large));
    }

    @Test
    void whatIsForSomebodyWhoLeftIsDropped() {
        send(BOB, "lost");
        people.put(BOB, null);
        send(BOB, "lost");
        send(ANN, "hello");
        awaitHeard(List.of("ann hello"));
    }
}
