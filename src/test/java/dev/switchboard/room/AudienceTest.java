package dev.switchboard.room;

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

class AudienceTest {
    private static final UUID ANN = Ids.next();
    private static final UUID BOB = Ids.next();

    @Property
    void somebodyIsThereWhileSomeNodeSaysSo(@ForAll long seed) {
        Random random = new Random(seed);
        Audience audience = new Audience();
        Map<String, Set<UUID>> model = new HashMap<>();
        List<UUID> users = List.of(ANN, BOB, Ids.next());
        for (int i = 0; i < 200; i++) {
            String node = "n" + random.nextInt(3);
            UUID user = users.get(random.nextInt(users.size()));
            boolean before = isThere(model, user);
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    boolean news = audience.join(node, user);
                    assertThat(news).isEqualTo(!before);
                    model.computeIfAbsent(node, n -> new HashSet<>()).add(user);
                }
                case 2 -> {
                    boolean gone = audience.leave(node, user);
                    boolean was = model.getOrDefault(node, Set.of()).contains(user);
                    model.getOrDefault(node, new HashSet<>()).remove(user);
                    assertThat(gone).isEqualTo(was && !isThere(model, user));
                }
                default -> {
                    List<UUID> now = new ArrayList<>(users);
                    now.removeIf(u -> random.nextBoolean());
                    audience.follow(node, now);
                    model.put(node, new HashSet<>(now));
                }
            }
            model.values().removeIf(Set::isEmpty);
            assertThat(audience.nodes()).isEqualTo(model.keySet());
            users.forEach(u -> assertThat(audience.has(u)).isEqualTo(isThere(model, u)));
        }
    }

    private static boolean isThere(Map<String, Set<UUID>> model, UUID user) {
        return model.values().stream().anyMatch(s -> s.contains(user));
    }

    @Example
    void usersOfALostNodeMayComeBackUnnoticed() {
        Audience audience = new Audience();
        audience.join("n1", ANN);
        audience.join("n1", BOB);
        audience.nodeLost("n1", 100);
        audience.nodeLost("n1", 200);
        assertThat(audience.has(ANN)).isTrue();
        assertThat(audience.expire(99)).isEmpty();
        assertThat(audience.join("n2", ANN)).as("back before anybody noticed").isFalse();
        assertThat(audience.expire(100)).containsExactly(BOB);
        assertThat(audience.size()).isEqualTo(1);
    }
}
