package dev.switchboard.scenario;

import static org.awaitility.Awaitility.await;

import dev.switchboard.support.Api;
import dev.switchboard.support.Api.Account;
import dev.switchboard.support.Chatter;
import dev.switchboard.support.Companion;
import dev.switchboard.support.Crowd;
import dev.switchboard.support.HttpStream;
import dev.switchboard.support.HttpTraffic;
import dev.switchboard.support.Patience;
import dev.switchboard.support.Pauses;
import dev.switchboard.support.Tunnels;
import dev.switchboard.support.Witness.Took;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Everything that people do with nodes, all the time and through one door: they talk, sit in a meeting, call each other,
 * use the HTTP door, and services behind it by requests and WebSockets.
 */
final class Traffic implements AutoCloseable {
    private static final int COMPANIONS = 6;
    private static final int BROWSERS = 2;
    private static final Duration WITHIN = Patience.LONG;

    /** Somebody who belongs to every room, and is in none by a socket. */
    final Account browser;

    final Crowd crowd;
    final List<Companion> companions = new ArrayList<>();
    final Tunnels tunnels;
    final String meeting;

    /** Why each call ended. */
    final Map<String, String> reasons = new HashMap<>();

    private final HttpTraffic http;
    private final HttpStream stream;
    private int changes;

    /**
     * What a change did to it.
     *
     * @param tunnels the longest that one of the services' WebSockets was away
     * @param closings the codes of all sockets that were closed meanwhile
     * @param failed requests that failed, each with its method first
     */
    record Outcome(Pauses pauses, Duration tunnels, List<Integer> closings, List<String> failed) {}

    /**
     * Begins.
     *
     * @param clients who talk
     * @param between how often somebody says something in each room
     * @param requests a second, to a service
     * @param sockets to a service
     */
    Traffic(Vertx vertx, URI door, int clients, Duration between, int requests, int sockets) {
        Api api = new Api(door);
        List<Account> browsers = IntStream.range(0, BROWSERS)
                .mapToObj(i -> api.register("browser" + i))
                .toList();
        browser = browsers.get(0);
        crowd = new Crowd(door, clients, between, browsers);
        meeting = api.call("POST", "/api/v1/meetings", browser, Map.of("title", "All the time"))
                .ok()
                .get("id")
                .asText();
        for (int i = 0; i < COMPANIONS; i++) {
            companions.add(new Companion(door, api.register("c" + i), meeting));
        }
        http = new HttpTraffic(door, browsers, List.copyOf(crowd.rooms()), "/echo/browser");
        stream = new HttpStream(vertx, door, browser, requests);
        tunnels = new Tunnels(vertx, door, sockets);
        crowd.awaitProgress();
        await().atMost(WITHIN).until(() -> tunnels.open() == sockets);
        measure("nothing happens", () -> {});
    }

    /** Does something to the nodes, in the middle of a call; prints and returns what it did to people. */
    Outcome measure(String what, Runnable change) {
        Companion caller = companions.get(changes % 2 * 2);
        Companion callee = companions.get(changes % 2 * 2 + 1);
        changes++;
        String call = caller.call(callee);
        long requests = stream.answered();
        int others = http.count();
        List<String> failuresBefore = failures();
        List<Integer> closingsBefore = closings();
        List<String> troublesBefore = troubles();
        LocalTime begin = LocalTime.now(ZoneOffset.UTC);
        long since = System.nanoTime();
        change.run();
        long done = System.nanoTime();
        crowd.awaitProgress();
        Pauses pauses = Pauses.of(crowd.chatters(), since);
        List<Took> back =
                tunnels.reconnects().stream().filter(took -> took.at() > since).toList();
        Duration tunnel =
                Duration.ofNanos(back.stream().mapToLong(Took::nanos).max().orElse(0));
        List<String> failed = without(failures(), failuresBefore);
        System.out.printf(
                "%s, at %s, took %d s: %s; %d sockets to a service lost, back within %d ms; "
                        + "%d requests a second to services, %d other ones, failed: %d %s%n",
                what,
                begin.truncatedTo(ChronoUnit.MILLIS),
                Duration.ofNanos(done - since).toSeconds(),
                pauses,
                back.size(),
                tunnel.toMillis(),
                (stream.answered() - requests)
                        / Math.max(
                                1, Duration.ofNanos(System.nanoTime() - since).toSeconds()),
                http.count() - others,
                failed.size(),
                failed.stream().limit(5).toList());
        System.out.printf("%s: why sockets were left: %s%n", what, count(without(troubles(), troublesBefore)));
        caller.ask("offer", Map.of("callId", call, "sdp", what));
        await().atMost(WITHIN).until(() -> callee.all("offer").stream()
                .anyMatch(offer -> offer.get("sdp").asText().equals(what)));
        callee.ask("call:end", Map.of("callId", call));
        reasons.put(call, "hangup");
        return new Outcome(pauses, tunnel, without(closings(), closingsBefore), failed);
    }

    /** Requests that failed so far, each with its method first. */
    private List<String> failures() {
        return Stream.concat(http.failures().stream(), stream.failures().stream())
                .toList();
    }

    private List<Integer> closings() {
        return Stream.concat(
                        crowd.chatters().stream().map(Chatter::closedWith).flatMap(Collection::stream),
                        tunnels.codes().stream())
                .toList();
    }

    /** What went wrong with sockets so far. */
    private List<String> troubles() {
        return Stream.concat(
                        crowd.chatters().stream().map(Chatter::troubles).flatMap(Collection::stream),
                        tunnels.troubles().stream())
                .toList();
    }

    private static Map<String, Long> count(List<String> all) {
        return all.stream().collect(Collectors.groupingBy(each -> each, TreeMap::new, Collectors.counting()));
    }

    private static <T> List<T> without(List<T> all, List<T> before) {
        List<T> rest = new ArrayList<>(all);
        before.forEach(rest::remove);
        return rest;
    }

    /** No more requests and messages; those that are under way are waited for. Sockets stay. */
    void finish() {
        http.close();
        stream.close();
        crowd.finish();
    }

    @Override
    public void close() {
        tunnels.close();
        companions.forEach(Companion::close);
        stream.close();
        crowd.close();
        http.close();
    }
}
