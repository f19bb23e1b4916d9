package dev.switchboard.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.TestNodes;
import dev.switchboard.support.TurnServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** A call of two who hide their addresses: all of it goes through a real coturn, with the credentials that a node issued. */
@EnabledIf("canRun")
class RelayedCallIT {
    private static final String SECRET = "the secret of relay and nodes";

    static boolean canRun() {
        return Chromium.isThere() && TurnServer.isThere();
    }

    @TempDir
    private Path folder;

    @Test
    void picturesAndSoundGoThroughTheRelay() {
        // The two relayed addresses are on this machine: in the world they are not, and the configuration closes it.
        try (TurnServer turn = TurnServer.start(
                        folder, List.of(SECRET), "--allow-loopback-peers", "--allowed-peer-ip=127.0.0.1");
                TestNodes cluster = TestNodes.start(2, Map.of("TURN_URLS", turn.urls(), "TURN_SECRET", SECRET));
                Chromium chromium = Chromium.start(Chromium.WITH_CAMERA)) {
            List<String> addresses =
                    cluster.doors().stream().map(door -> door + "/").toList();
            Caller ann = new Caller(chromium.browser(), "ann", addresses.get(0));
            Caller bob = new Caller(chromium.browser(), "bob", addresses.get(1));
            ann.hidesAddress();
            bob.hidesAddress();
            ann.meet(bob);
            ann.call(bob);
            bob.accept();
            ann.inCall();
            bob.inCall();
            ann.seesAndHears();
            bob.seesAndHears();
            assertThat(ann.way()).isEqualTo("relay/relay");
            assertThat(bob.way()).isEqualTo("relay/relay");
            ann.visitor.foundNoFault();
            bob.visitor.foundNoFault();
        }
    }
}
