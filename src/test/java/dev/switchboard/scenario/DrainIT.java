package dev.switchboard.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Api;
import dev.switchboard.support.Api.Account;
import dev.switchboard.support.BusClient;
import dev.switchboard.support.Patience;
import dev.switchboard.support.Ports;
import dev.switchboard.support.Postgres;
import dev.switchboard.support.ProcessNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node with many sockets is told to stop. */
class DrainIT {
    private static final int SOCKETS = 2_000;
    private static final int NODE_DRAINING = 1012;
    private static final int TERMINATED = 143;

    /** Long enough that half of it is not spent on closing 2 000 sockets on a busy machine. */
    private static final Duration SHUTDOWN = Duration.ofSeconds(10);

    /** The bridge looks for deadlines every 200 ms, and the signal, the frames and this test take their time too. */
    private static final Duration SLACK = Patience.promised(Duration.ofSeconds(1));

    /** What one of the sockets heard at the end. */
    private record End(int code, Duration after) {}

    @TempDir
    private Path folder;

    private static List<BusClient> connect(ProcessNode node, Account account) {
        ExecutorService connecting = Executors.newFixedThreadPool(8);
        try {
            return IntStream.range(0, SOCKETS)
                    .mapToObj(i ->
                            CompletableFuture.supplyAsync(() -> BusClient.connect(node.door(), account), connecting))
                    .toList()
                    .stream()
                    .map(CompletableFuture::join)
                    .toList();
        } finally {
            connecting.shutdown();
        }
    }

    @Test
    void everySocketIsSentAwayInHalfTheTimeAndNoneIsCutOff() {
        try (Postgres postgres = Postgres.create()) {
            Map<String, String> settings = Map.of(
                    "CLUSTER_NAME",
                    "drain-" + UUID.randomUUID(),
                    "CLUSTER_PORT",
                    String.valueOf(Ports.cluster()),
                    "DATABASE_URL",
                    postgres.url(),
                    "SHUTDOWN_TIMEOUT",
                    SHUTDOWN.toSeconds() + "s");
            try (ProcessNode node = ProcessNode.start(folder, settings).awaitReady()) {
                Api api = new Api(node.door());
                Account ann = api.register("ann");
                String general = api.general(ann);
                List<BusClient> clients = connect(node, ann);
                for (BusClient client : clients.subList(0, SOCKETS / 10)) {
                    client.request("join:conversation", Map.of("conversationId", general));
                }
                List<CompletableFuture<End>> ends = new ArrayList<>();
                long asked = System.nanoTime();
                clients.forEach(client -> ends.add(
                        client.closed().thenApply(code -> new End(code, Duration.ofNanos(System.nanoTime() - asked)))));

                int exit = node.stop();
                Duration stopped = Duration.ofNanos(System.nanoTime() - asked);

                List<End> heard = ends.stream().map(CompletableFuture::join).toList();
                assertThat(heard).extracting(End::code).containsOnly(NODE_DRAINING);
                List<Duration> after =
                        new ArrayList<>(heard.stream().map(End::after).toList());
                Collections.sort(after);
                System.out.printf(
                        "%d sockets: first after %d ms, half after %d ms, last after %d ms; ended after %d ms%n",
                        SOCKETS,
                        after.get(0).toMillis(),
                        after.get(SOCKETS / 2).toMillis(),
                        after.get(SOCKETS - 1).toMillis(),
                        stopped.toMillis());
                assertThat(after.get(SOCKETS - 1))
                        .isLessThan(SHUTDOWN.dividedBy(2).plus(SLACK));
                assertThat(after.get(SOCKETS / 2))
                        .as("spread evenly: all of them come back somewhere else")
                        .isGreaterThan(SHUTDOWN.dividedBy(5));
                assertThat(exit).isEqualTo(TERMINATED);
                assertThat(stopped).isLessThan(SHUTDOWN.plus(SLACK));
                assertThat(node.log()).doesNotContain("Exception").doesNotContain("cleanly");
            }
        }
    }
}
