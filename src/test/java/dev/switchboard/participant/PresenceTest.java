package dev.switchboard.participant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.Ids;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class PresenceTest {
    private static final long GRACE = 15_000;
    private static final UUID ANN = Ids.next();
    private static final UUID BOB = Ids.next();
    private static final List<UUID> USERS = List.of(ANN, BOB, Ids.next());

    /** What is true, and what people were told. */
    private static final class World {
        final Presence presence = new Presence(() -> GRACE);
        final Map<UUID, Set<String>> sockets = new HashMap<>();
        final Map<UUID, Long> absentSince = new HashMap<>();
        final Set<UUID> toldOnline = new HashSet<>();
        long now;

        boolean present(UUID user) {
            return !sockets.getOrDefault(user, Set.of()).isEmpty();
        }

        void connect(UUID user, String node) {
            boolean news = presence.connected(user, node);
            assertThat(news).as("told once").isEqualTo(toldOnline.add(user));
            sockets.computeIfAbsent(user, u -> new HashSet<>()).add(node);
            absentSince.remove(user);
        }

        /** What is true now changed without news: nobody is told before the grace is over. */
        void gone(UUID user, String node) {
            if (sockets.getOrDefault(user, new HashSet<>()).remove(node) && !present(user)) {
                absentSince.put(user, now);
            }
        }

        void tick(long by) {
            now += by;
            List<UUID> due = new ArrayList<>(toldOnline);
            due.removeIf(user -> present(user) || now - absentSince.get(user) < GRACE);
            assertThat(presence.expire(now)).containsExactlyInAnyOrderElementsOf(due);
            due.forEach(toldOnline::remove);
        }

        void check() {
            for (UUID user : USERS) {
                assertThat(presence.isOnline(user)).isEqualTo(toldOnline.contains(user));
                assertThat(presence.nodesOf(user)).isEqualTo(sockets.getOrDefault(user, Set.of()));
                assertThat(presence.isInGrace(user)).isEqualTo(presence.isOnline(user) && !present(user));
                if (present(user)) {
                    assertThat(presence.isOnline(user)).isTrue();
                }
            }
            assertThat(presence.users()).containsExactlyInAnyOrderElementsOf(toldOnline);
        }
    }

    @Property
    void somebodyIsOnlineWhileSomeNodeSaysSoAndForTheGraceAfter(@ForAll long seed) {
        Random random = new Random(seed);
        World world = new World();
        for (int i = 0; i < 300; i++) {
            String node = "n" + random.nextInt(3);
            UUID user = USERS.get(random.nextInt(USERS.size()));
            switch (random.nextInt(6)) {
                case 0, 1 -> world.connect(user, node);
                case 2 -> {
                    world.presence.disconnected(user, node, world.now);
                    world.gone(user, node);
                }
                case 3 -> {
                    List<UUID> still = USERS.stream()
                            .filter(u -> world.presence.nodesOf(u).contains(node) && random.nextBoolean())
                            .toList();
                    world.presence.only(still, node, world.now);
                    USERS.stream().filter(u -> !still.contains(u)).forEach(u -> world.gone(u, node));
                }
                case 4 -> {
                    world.presence.nodeLost(node, world.now);
                    USERS.forEach(u -> world.gone(u, node));
                }
                default -> world.tick(random.nextLong(GRACE));
            }
            world.check();
        }
    }

    /** Each node's own announcements come in order, some of them twice; those of different nodes mix in any way. */
    @Property
    void theEndIsTheSameWhateverOrderTheNodesAreHeardIn(@ForAll long seed) {
        Random random = new Random(seed);
        Map<String, Boolean> lastWord = new HashMap<>();
        Presence presence = new Presence(() -> GRACE);
        for (int turn = 0; turn < 40; turn++) {
            String node = "n" + random.nextInt(4);
            boolean here = random.nextBoolean();
            lastWord.put(node, here);
            for (int times = random.nextInt(3); times >= 0; times--) {
                if (here) {
                    presence.connected(ANN, node);
                } else {
                    presence.disconnected(ANN, node, 0);
                }
            }
        }
        presence.expire(GRACE);
        assertThat(presence.isOnline(ANN)).isEqualTo(lastWord.containsValue(true));
    }

    @Example
    void aReloadWithinTheGraceIsNoNews() {
        Presence presence = new Presence(() -> GRACE);
        assertThat(presence.connected(ANN, "a")).isTrue();
        presence.disconnected(ANN, "a", 0);
        assertThat(presence.expire(GRACE - 1)).isEmpty();
        assertThat(presence.connected(ANN, "b")).isFalse();
        assertThat(presence.expire(GRACE)).isEmpty();
        assertThat(presence.isOnline(ANN)).isTrue();
    }

    @Example
    void manyTabsAreOneUser() {
        Presence presence = new Presence(() -> GRACE);
        presence.connected(ANN, "a");
        assertThat(presence.connected(ANN, "a")).isFalse();
        assertThat(presence.connected(ANN, "b")).isFalse();
        presence.disconnected(ANN, "a", 0);
        assertThat(presence.expire(10 * GRACE)).isEmpty();
        assertThat(presence.isInGrace(ANN)).isFalse();
    }

    @Example
    void whoIsInheritedHasTheGraceToShowUp() {
        Presence presence = new Presence(() -> GRACE);
        presence.inherit(ANN, 1_000);
        presence.inherit(BOB, 1_000);
        assertThat(presence.connected(ANN, "a"))
                .as("she was online all the time")
                .isFalse();
        assertThat(presence.expire(999 + GRACE)).isEmpty();
        assertThat(presence.expire(1_000 + GRACE)).containsExactly(BOB);
    }

    @Example
    void inheritingDoesNotProlongTheGraceOfSomebodyKnown() {
        Presence presence = new Presence(() -> GRACE);
        presence.connected(ANN, "a");
        presence.disconnected(ANN, "a", 0);
        presence.inherit(ANN, GRACE - 1);
        assertThat(presence.expire(GRACE)).containsExactly(ANN);
    }

    @Example
    void whoBelongsToAnotherOwnerIsForgottenWithoutNews() {
        Presence presence = new Presence(() -> GRACE);
        presence.connected(ANN, "a");
        presence.connected(BOB, "a");
        presence.disconnected(BOB, "a", 0);
        presence.forget(ANN);
        presence.forget(BOB);
        assertThat(presence.users()).isEmpty();
        assertThat(presence.expire(GRACE)).isEmpty();
    }
}
