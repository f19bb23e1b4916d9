package dev.switchboard.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.app.Changes.Action;
import dev.switchboard.app.Changes.Change;
import dev.switchboard.config.ConfigSource;
import dev.switchboard.gateway.ServerOptions;
import dev.switchboard.gateway.TlsOptions;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChangesTest {
    /** For each component of the settings, a file that changes it and nothing else. */
    private static final Map<String, String> EDITS = new LinkedHashMap<>();

    static {
        EDITS.put("node", "node: { watch: 7s }");
        EDITS.put("server.host", "server: { host: 127.0.0.2 }");
        EDITS.put("server.port", "server: { port: 9999 }");
        EDITS.put("server.corsOrigins", "server: { corsOrigin: https://a.example }");
        EDITS.put("server.trustedProxies", "server: { trustedProxies: 10.0.0.0/8 }");
        EDITS.put("server.maxClientConnections", "server: { maxClientConnections: 7 }");
        EDITS.put("server.secureCookies", "server: { secureCookies: true }");
        EDITS.put("server.shutdownTimeout", "server: { shutdownTimeout: 7s }");
        EDITS.put("server.drainDelay", "server: { drainDelay: 1s }");
        EDITS.put("server.maxBody", "server: { maxBody: 7KiB }");
        EDITS.put("server.maxFrame", "server: { maxFrame: 7KiB }");
        EDITS.put("server.maxMessage", "server: { maxMessage: 7KiB }");
        EDITS.put("server.http2", "server: { http2: false }");
        EDITS.put("server.times", "server: { headerTimeout: 7s }");
        EDITS.put("server.headers", "server: { headers: { X-Mine: yes } }");
        EDITS.put("server.xsrf", "server: { xsrf: origin }");
        EDITS.put("limits", "limits: { tiers: { mine: { rps: 7 } } }");
        EDITS.put("database", "database: { poolSize: 7 }");
        EDITS.put("cluster", "cluster: { name: other }");
        EDITS.put("auth", "auth: { accessTokenTtl: 7m }");
        EDITS.put("rooms", "rooms: { maxIdle: 7 }");
        EDITS.put("bridge", "bridge: { messageRate: 7 }");
        EDITS.put("presence", "presence: { grace: 7s }");
        EDITS.put("calls", "calls: { ring: 7s }");
        EDITS.put("ice", "ice: { stun: stun:stun.example.org }");
        EDITS.put("meetings", "meetings: { maxParticipants: 7 }");
        EDITS.put("log", "log: { level: debug }");
        EDITS.put("metrics", "metrics: { allow: 10.0.0.0/8 }");
        EDITS.put("sockets", "sockets: { idleTimeout: 7s }");
        EDITS.put("upstreams", "upstreams: { chat: { addresses: http://127.0.0.1:7 } }");
        EDITS.put("routes", "builtInRoutes: false");
    }

    @TempDir
    private Path folder;

    private final PlatformOptions usual = ConfigSource.in(null, Map.of()).read(PlatformOptions::from);

    private PlatformOptions edited(String yaml) throws IOException {
        Path file = Files.writeString(folder.resolve("edited.yaml"), yaml);
        return ConfigSource.in(file, Map.of()).read(PlatformOptions::from);
    }

    @Test
    void everyComponentHasOneAction() throws IOException {
        Set<String> components = new TreeSet<>(names(PlatformOptions.class.getRecordComponents(), ""));
        components.remove("server");
        components.addAll(names(ServerOptions.class.getRecordComponents(), "server."));
        components.remove("server.tls"); // needs files: see below
        assertThat(EDITS.keySet()).as("each component is tried").containsExactlyInAnyOrderElementsOf(components);

        Map<String, Action> actions = new LinkedHashMap<>();
        for (Map.Entry<String, String> edit : EDITS.entrySet()) {
            Changes changes = Changes.between(usual, edited(edit.getValue()));
            assertThat(changes.all())
                    .as(edit.getValue())
                    .extracting(Change::path)
                    .containsExactly(edit.getKey());
            actions.put(edit.getKey(), changes.all().get(0).action());
        }
        Map<String, Action> expected =
                EDITS.keySet().stream().collect(Collectors.toMap(component -> component, component -> Action.IN_PLACE));
        Set.of("node", "cluster", "database").forEach(later -> expected.put(later, Action.NEXT_START));
        Set.of("auth", "metrics").forEach(deployed -> expected.put(deployed, Action.REDEPLOY));
        Set.of("server.host", "server.port", "server.http2", "server.maxFrame", "server.maxMessage")
                .forEach(moved -> expected.put(moved, Action.LISTENER));
        assertThat(actions).containsExactlyInAnyOrderEntriesOf(expected);
    }

    private static Set<String> names(RecordComponent[] components, String prefix) {
        return Arrays.stream(components)
                .map(component -> prefix + component.getName())
                .collect(Collectors.toSet());
    }

    @Test
    void whatIsTheSameIsNoChange() throws IOException {
        assertThat(Changes.between(usual, edited("server: { port: 8080 }")).all())
                .isEmpty();
    }

    @Test
    void certificatesChangeInPlaceAndTlsComesWithAnotherPort() throws IOException {
        PlatformOptions one = with(usual, new TlsOptions.Pem("a.pem", "a.key", "1"));
        PlatformOptions renewed = with(usual, new TlsOptions.Pem("a.pem", "a.key", "2"));
        PlatformOptions moved = with(edited(EDITS.get("server.port")), new TlsOptions.Pem("a.pem", "a.key", "1"));

        assertThat(Changes.between(one, renewed).all()).containsExactly(new Change("server.tls", Action.CERTIFICATE));
        assertThat(Changes.between(usual, one).all()).containsExactly(new Change("server.tls", Action.NEXT_START));
        assertThat(Changes.between(usual, moved).all())
                .containsExactly(new Change("server.port", Action.LISTENER), new Change("server.tls", Action.LISTENER));
        assertThat(one.whileRunning(usual)).isEqualTo(usual);
        assertThat(moved.whileRunning(usual)).isEqualTo(moved);
    }

    @Test
    void whatTakesEffectAtTheNextStartIsAsItRunsUntilThen() throws IOException {
        PlatformOptions next =
                edited("cluster: { name: other }\nrooms: { maxIdle: 7 }\n").whileRunning(usual);

        assertThat(next.cluster()).isEqualTo(usual.cluster());
        assertThat(next.rooms().maxIdle()).isEqualTo(7);
    }

    private static PlatformOptions with(PlatformOptions of, TlsOptions tls) {
        return new PlatformOptions(
                of.node(),
                of.server().withTls(tls),
                of.limits(),
                of.database(),
                of.cluster(),
                of.auth(),
                of.rooms(),
                of.bridge(),
                of.presence(),
                of.calls(),
                of.ice(),
                of.meetings(),
                of.log(),
                of.metrics(),
                of.sockets(),
                of.upstreams(),
                of.routes());
    }
}
