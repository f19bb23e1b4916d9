package dev.switchboard.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.support.Front;
import dev.switchboard.support.Postgres;
import dev.switchboard.support.ProcessNode;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The node of one of the two is killed in the middle of their call. */
@EnabledIf("dev.switchboard.page.Chromium#isThere")
class CallCrashIT {
    private static final Duration BACK_WITHIN = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    private final Postgres postgres = Postgres.create();
    private Chromium chromium;
    private List<ProcessNode> nodes;

    @BeforeEach
    void start() {
        chromium = Chromium.start(Chromium.WITH_CAMERA);
        Map<String, String> settings = Map.of(
                "DATABASE_URL",
                postgres.url(),
                "CLUSTER_NAME",
                "calls-" + UUID.randomUUID(),
                "CLUSTER_PORT",
                String.valueOf(ThreadLocalRandom.current().nextInt(3_000, 3_200) * 10),
                "JWT_SECRET",
                "a secret that is only good for tests, really",
                "RATE_LIMIT_RPS",
                "0",
                "RATE_LIMIT_AUTH",
                "0");
        nodes = Stream.generate(() -> ProcessNode.start(folder, settings))
                .limit(3)
                .toList();
        nodes.forEach(ProcessNode::awaitReady);
    }

    @AfterEach
    void stop() {
        chromium.close();
        nodes.forEach(ProcessNode::close);
        postgres.close();
    }

    @Test
    void theCallGoesOn() {
        List<URI> doors = nodes.stream().map(ProcessNode::door).toList();
        try (Front annsWay = new Front(List.of(doors.get(0), doors.get(2)));
                Front bobsWay = new Front(List.of(doors.get(1), doors.get(2)))) {
            Caller ann = new Caller(chromium.browser(), "ann", annsWay.address());
            Caller bob = new Caller(chromium.browser(), "bob", bobsWay.address());
            ann.meet(bob);
            ann.call(bob);
            bob.accept();
            ann.inCall();
            bob.inCall();
            ann.seesAndHears();
            String before = ann.remoteIceUser();

            nodes.get(1).kill();
            bob.visitor.sees("The connection was lost.");
            ann.seesAndHears();
            bob.seesAndHears();

            // Who is back looks for a new way at once.
            await().atMost(BACK_WITHIN)
                    .untilAsserted(() -> assertThat(ann.remoteIceUser()).isNotEqualTo(before));
            ann.seesAndHears();
            bob.seesAndHears();

            String back = bob.remoteIceUser();
            ann.restartIce();
            await().atMost(BACK_WITHIN)
                    .untilAsserted(() -> assertThat(bob.remoteIceUser()).isNotEqualTo(back));
            ann.seesAndHears();
            bob.seesAndHears();

            bob.visitor.button("Turn the camera off").click();
            assertThat(ann.view().locator(".tile.main video")).isHidden();
            assertThat(ann.view()).hasAttribute("data-state", "active");
            ann.visitor.button("Hang up").click();
            bob.visitor.sees("Call ended.");
            bob.free();
            ann.visitor.foundNoFault();
            bob.visitor.foundNoFault();
        }
    }
}
