package dev.switchboard.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.support.Api;
import dev.switchboard.support.Api.Account;
import dev.switchboard.support.Audit;
import dev.switchboard.support.Chatter;
import dev.switchboard.support.EchoService;
import dev.switchboard.support.HttpStream;
import dev.switchboard.support.LiveObjects;
import dev.switchboard.support.Patience;
import dev.switchboard.support.Ports;
import dev.switchboard.support.Postgres;
import dev.switchboard.support.ProcessNode;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node with 500 talking clients and 300 requests a second, while its settings are edited a hundred times, well and badly,
 * in every section. The files are written as a user's editor does.
 */
class LiveLoadIT {
    private static final int ACCOUNTS = 100;
    private static final int SOCKETS_EACH = 5;
    private static final int ROOM_OF = 4;
    private static final int MESSAGES_PER_SECOND = 50;
    private static final int REQUESTS_PER_SECOND = 300;
    private static final int NODE_DRAINING = 1012;
    private static final int LISTENERS = 5;
    /** Rooms remember their last events. */
    private static final long HEAP_SLACK = 8L << 20;

    /** Worker threads are made when there is work for them. */
    private static final int THREADS_SLACK = 4;

    /** Of what a change makes anew there must not be more afterwards; of consumers on the event bus neither. */
    private static final List<String> MADE_ANEW = List.of(
            "io.vertx.core.eventbus.impl.MessageConsumerImpl",
            "dev.switchboard.account.AccountVerticle",
            "dev.switchboard.room.RoomVerticle",
            "dev.switchboard.gateway.bridge.BridgeLoop",
            "dev.switchboard.gateway.proxy.SocketLoop",
            "dev.switchboard.gateway.http.Prelude",
            "dev.switchboard.gateway.route.RouteTable");

    /** The listener that opened the port is kept by Vert.x, empty, with its deployment (decision 0010). */
    private static final List<String> ONE_GENERATION_LEFT =
            List.of("dev.switchboard.gateway.GatewayVerticle", "dev.switchboard.gateway.PriorKnowledge$Guarded");

    private static final String SECRET = "a secret that is only good for tests, really";
    private static final String BASE = "# of the test\nserver: { shutdownTimeout: 6s }\n";

    private static final String SERVICES = "upstreams: { echo: { addresses: '${ECHO}' } }";
    private static final String ROUTES = "routes:\n  - { path: /echo/**, tier: none, upstream: echo }\n";

    /** Good edits, each of one section; the number makes each round differ from the one before. */
    private static final List<String> GOOD = List.of(
            "server: { shutdownTimeout: 6s, corsOrigin: 'https://a%d.example' }",
            "server: { shutdownTimeout: 6s, headers: { X-Round: 'n%d' } }",
            "server: { shutdownTimeout: 6s, headerTimeout: 1%ds, maxBody: 3%dKiB, secureCookies: true, xsrf: origin }",
            "server: { shutdownTimeout: 6s, trustedProxies: '10.%d.0.0/16', maxClientConnections: 5%d0 }",
            "limits: { maxKeys: 10%d0, tiers: { mine: { rps: 2%d } } }",
            "auth: { accessTokenTtl: 2%dm, admins: 'x%d@example.org' }",
            "auth: { jwtSecret: 'another secret, that is good for round %d', acceptedSecrets: ['" + SECRET + "'] }",
            "rooms: { idleTimeout: 4%ds, maxIdle: 4%d00, maxQueued: 1%d000 }",
            "bridge: { messageRate: 5%d, heartbeat: 1%ds, queueBytes: 1MiB, pingTimeout: 9%ds }",
            "presence: { grace: 1%ds, gather: 9%d0ms }",
            "calls: { ring: 3%ds, perMinute: 1%d }",
            "ice: { stun: 'stun:stun%d.example.org', ttl: 3%dm }",
            "meetings: { maxParticipants: 1%d, grace: 2%ds }",
            "log: { format: json }\nmeetings: { grace: 4%ds }",
            "sockets: { idleTimeout: 8%ds }",
            "upstreams: { other%d: { addresses: 'http://127.0.0.1:9' }, echo: { addresses: '${ECHO}', idleTimeout: 5%ds } }",
            "routes:\n  - { path: /echo/**, tier: none, upstream: echo }\n  - { path: /more%d, upstream: echo }",
            "database: { poolSize: 1%d }",
            "cluster: { secret: 'a secret of the cluster for round number %d' }",
            "node: { dataDir: 'data%d' }");

    private static final List<String> BAD = List.of(
            "server: { port: many%d }",
            "server: { port: %s }",
            "limits: { tiers: { default: { limit: -%d } } }",
            "auth: { jwtSecret: short%d }",
            "rooms: { idleTimeout: soon%d }",
            "bridge: { messageRate: 0, x%d: 1 }",
            "presence: { grace: -%d }",
            "calls: { ring: %dy }",
            "ice: { turn: 'turn:turn%d.example.org' }",
            "meetings: { maxParticipants: none%d }",
            "log: { level: loud%d }",
            "sockets: { idleTimeout: %d }",
            "upstreams: { echo: { addresses: 'ftp://%d' } }",
            "routes:\n  - { path: /a%d, upstream: nobody }",
            "database: { url: 'mysql://%d' }",
            "cluster: { port: %d00000 }",
            "node: { role: king%d }",
            "server: [ half a file %d",
            "",
            "# nothing but comments %d\n");

    @TempDir
    private Path folder;

    private ProcessNode node;
    private int told;

    /** Each section where it belongs; the other file as usual. */
    private void write(String text) throws IOException {
        boolean services = text.startsWith("upstreams:");
        boolean routes = text.startsWith("routes:");
        put("switchboard.yaml", services || routes ? BASE : text);
        put("routes.yaml", (services ? text : SERVICES) + "\n" + (routes ? text : ROUTES));
    }

    private void put(String file, String text) throws IOException {
        Path path = folder.resolve("conf").resolve(file);
        if (!Files.exists(path) || !Files.readString(path).equals(text)) {
            Path draft = Files.writeString(path.resolveSibling(file + "~"), text);
            Files.move(draft, path, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Writes, and waits until the node says what it made of it. */
    private void edit(String text, boolean good) throws IOException {
        int before = node.log().length();
        write(text);
        String said = good ? "(Settings changed: |Settings that take effect)" : "Settings not changed: ";
        await().alias(text)
                .atMost(Patience.LONG)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    String since = node.log().substring(before);
                    return java.util.regex.Pattern.compile(said).matcher(since).find();
                });
        told++;
    }

    private static String fill(String edit, int round) {
        return edit.replace("%d", String.valueOf(round));
    }

    private void editAll(int from, int count, int takenPort) throws IOException {
        for (int i = from; i < from + count; i++) {
            int round = 1 + i / (2 * GOOD.size());
            if (i % 2 == 0) {
                edit(fill(GOOD.get(i / 2 % GOOD.size()), round), true);
            } else {
                edit(fill(BAD.get(i / 2 % BAD.size()), round).replace("%s", String.valueOf(takenPort)), false);
            }
        }
    }

    private static List<Account> register(Api api) {
        ExecutorService registering = Executors.newSingleThreadExecutor();
        try {
            return IntStream.range(0, ACCOUNTS)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> api.register("user" + i), registering))
                    .toList()
                    .stream()
                    .map(CompletableFuture::join)
                    .toList();
        } finally {
            registering.shutdown();
        }
    }

    private static List<Chatter> connect(Api api, List<Account> accounts, URI door) {
        List<Chatter> chatters = new ArrayList<>();
        for (int i = 0; i < ACCOUNTS; i += ROOM_OF) {
            List<Account> members = accounts.subList(i, i + ROOM_OF);
            Map<String, Object> group = Map.of(
                    "kind",
                    "group",
                    "title",
                    "room " + i,
                    "memberIds",
                    members.stream().map(Account::id).toList());
            String room = api.call("POST", "/api/v1/conversations", members.get(0), group)
                    .ok()
                    .get("id")
                    .asText();
            for (Account member : members) {
                for (int s = 0; s < SOCKETS_EACH; s++) {
                    chatters.add(new Chatter(member, room, door));
                }
            }
        }
        return chatters;
    }

    @Test
    void nobodyNoticesAHundredEdits() throws Exception {
        Vertx vertx = Vertx.vertx();
        ScheduledExecutorService clock = Executors.newScheduledThreadPool(2);
        try (Postgres postgres = Postgres.create();
                var taken = new java.net.ServerSocket(0)) {
            int echo = new EchoService(vertx).port;
            Files.createDirectories(folder.resolve("conf"));
            write(BASE);
            node = ProcessNode.start(
                            folder,
                            Map.of(
                                    "ECHO",
                                    "http://127.0.0.1:" + echo,
                                    "CONFIG_WATCH",
                                    "100ms",
                                    "JWT_SECRET",
                                    SECRET,
                                    "RATE_LIMIT_RPS",
                                    "0",
                                    "RATE_LIMIT_AUTH",
                                    "0",
                                    "CLUSTER_NAME",
                                    "live-" + UUID.randomUUID(),
                                    "CLUSTER_PORT",
                                    String.valueOf(Ports.cluster()),
                                    "DATABASE_URL",
                                    postgres.url()))
                    .awaitReady();
            Api api = new Api(node.door());
            List<Account> accounts = register(api);
            List<Chatter> chatters = connect(api, accounts, node.door());
            AtomicInteger next = new AtomicInteger();
            clock.scheduleAtFixedRate(
                    () -> chatters.get(next.getAndIncrement() % chatters.size()).say(),
                    0,
                    TimeUnit.SECONDS.toMicros(1) / MESSAGES_PER_SECOND,
                    TimeUnit.MICROSECONDS);
            HttpStream requests = new HttpStream(vertx, node.door(), accounts.get(0), REQUESTS_PER_SECOND);

            // The first round fills caches and pools.
            editAll(0, 2 * GOOD.size(), taken.getLocalPort());
            edit(BASE, true);
            LiveObjects before = LiveObjects.of(node.pid());
            editAll(2 * GOOD.size(), 100 - 2 * GOOD.size() - 2 * LISTENERS, taken.getLocalPort());
            assertThat(chatters).extracting(Chatter::closedWith).containsOnly(List.of());
            assertThat(requests.failures()).isEmpty();

            for (int i = 0; i < LISTENERS; i++) {
                int moved = i;
                edit("server: { shutdownTimeout: 6s, maxFrame: 3" + moved + "KiB }\n", true);
                edit("server: { port: " + taken.getLocalPort() + ", maxFrame: 3" + moved + "KiB }\n", false);
                await().atMost(Patience.LONG).untilAsserted(() -> assertThat(chatters)
                        .allSatisfy(chatter -> assertThat(chatter.closedWith()).hasSize(moved + 1)));
                // Who is on the way back to this listener when it goes as well is not closed by it.
                await().atMost(Patience.LONG).until(() -> chatters.stream().allMatch(Chatter::connected));
            }
            edit(BASE, true);
            await().atMost(Patience.LONG).untilAsserted(() -> assertThat(chatters)
                    .allSatisfy(chatter -> assertThat(chatter.closedWith()).hasSize(LISTENERS + 1)));
            clock.shutdown();
            assertThat(clock.awaitTermination(Patience.LONG.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            chatters.forEach(Chatter::hush);
            chatters.forEach(Chatter::finish);
            requests.close();

            assertThat(chatters)
                    .allSatisfy(chatter -> assertThat(chatter.closedWith()).containsOnly(NODE_DRAINING));
            assertThat(requests.failures()).isEmpty();
            long said = chatters.stream()
                    .mapToLong(chatter -> chatter.acknowledged().size())
                    .sum();
            new Audit(postgres).rooms(chatters);
            // The last listener that was replaced takes its time to drain.
            await().atMost(Patience.LONG)
                    .pollInterval(Duration.ofSeconds(2))
                    .untilAsserted(() -> assertNothingLeft(before));
            LiveObjects after = LiveObjects.of(node.pid());
            System.out.printf(
                    "%d edits; %d clients said %d messages, %d requests; before: %s; after: %s; more: %s%n",
                    told, chatters.size(), said, requests.answered(), before, after, after.more(before));
            assertThat(node.log()).doesNotContain("Exception");
        } finally {
            clock.shutdownNow();
            if (node != null) {
                node.close();
            }
            vertx.close().await(10, TimeUnit.SECONDS);
        }
    }

    private void assertNothingLeft(LiveObjects before) throws IOException {
        LiveObjects after = LiveObjects.of(node.pid());
        assertThat(after.threads()).as("threads").isLessThanOrEqualTo(before.threads() + THREADS_SLACK);
        assertThat(after.bytes()).as("heap").isLessThan(before.bytes() + HEAP_SLACK);
        MADE_ANEW.forEach(type -> assertCount(type, after.count(type), before.count(type)));
        ONE_GENERATION_LEFT.forEach(type -> assertCount(type, after.count(type), 2 * before.count(type)));
    }

    private static void assertCount(String type, long count, long most) {
        assertThat(most).as("%s before", type).isPositive();
        assertThat(count).as(type).isLessThanOrEqualTo(most);
    }
}
