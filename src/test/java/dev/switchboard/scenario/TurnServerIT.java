package dev.switchboard.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.support.Api;
import dev.switchboard.support.TestNodes;
import dev.switchboard.support.TurnClient;
import dev.switchboard.support.TurnServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real coturn with our configuration lets in whom a node gave credentials, and nobody anywhere that is not public. */
@EnabledIf("dev.switchboard.support.TurnServer#isThere")
class TurnServerIT {
    private static final String SECRET = "the secret of relay and nodes";
    private static final String NEXT_SECRET = "the secret that comes after it";
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;

    @TempDir
    private static Path folder;

    private static TurnServer turn;
    private static TestNodes cluster;
    private static String username;
    private static String credential;

    @BeforeAll
    static void start() {
        turn = TurnServer.start(folder, List.of(SECRET, NEXT_SECRET));
        cluster = TestNodes.start(1, Map.of("TURN_URLS", turn.urls(), "TURN_SECRET", SECRET));
        Api api = new Api(cluster.doors().get(0));
        JsonNode server = api.call("GET", "/api/v1/ice-servers", api.register("ann"), null)
                .ok()
                .at("/iceServers/0");
        assertThat(server.get("urls")).hasSize(2);
        username = server.get("username").asText();
        credential = server.get("credential").asText();
    }

    @AfterAll
    static void stop() {
        cluster.close();
        turn.close();
    }

    private enum Way {
        UDP,
        TCP;

        TurnClient connect(String name, String password) throws IOException {
            return this == UDP
                    ? TurnClient.udp(turn.address(), name, password)
                    : TurnClient.tcp(turn.address(), name, password);
        }
    }

    private static void isAnswered(int code, String name, String password) throws IOException {
        for (Way way : Way.values()) {
            try (TurnClient client = way.connect(name, password)) {
                assertThat(client.allocate()).as("%s by %s", name, way).isEqualTo(code);
            }
        }
    }

    @Test
    void issuedCredentialsLetIn() throws IOException {
        isAnswered(TurnClient.OK, username, credential);
    }

    @Test
    void bothSecretsAreGoodWhileTheyAreChanged() throws IOException {
        String name = nameUntil(Instant.now().plusSeconds(60));
        isAnswered(TurnClient.OK, name, sign(NEXT_SECRET, name));
    }

    @Test
    void expiredAlteredOrForgedOnesDoNot() throws IOException {
        String expired = nameUntil(Instant.now().minusSeconds(1));
        isAnswered(UNAUTHORIZED, expired, sign(SECRET, expired));
        isAnswered(UNAUTHORIZED, username, "A" + credential.substring(1) + "A");
        isAnswered(UNAUTHORIZED, "9" + username, credential);
        isAnswered(UNAUTHORIZED, username, sign("a secret that nobody shares", username));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "10.1.2.3",
                "172.16.0.1",
                "172.31.255.254",
                "192.168.1.1",
                "169.254.169.254",
                "100.64.0.1",
                "0.0.0.1",
                "192.0.2.1",
                "198.18.0.1",
                "224.0.0.1",
                "255.255.255.255"
            })
    void whatIsNotPublicCannotBeReachedThroughIt(String address) throws IOException {
        try (TurnClient client = Way.UDP.connect(username, credential)) {
            assertThat(client.allocate()).isEqualTo(TurnClient.OK);
            assertThat(client.permit(address)).isEqualTo(FORBIDDEN);
        }
    }

    @Test
    void whatIsPublicCan() throws IOException {
        try (TurnClient client = Way.UDP.connect(username, credential)) {
            assertThat(client.allocate()).isEqualTo(TurnClient.OK);
            assertThat(client.permit("9.9.9.9")).isEqualTo(TurnClient.OK);
        }
    }

    private static String nameUntil(Instant end) {
        return end.getEpochSecond() + ":" + UUID.randomUUID();
    }

    /** What the REST convention of TURN servers asks for (draft-uberti-behave-turn-rest-00). */
    private static String sign(String secret, String name) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
            return Base64.getEncoder().encodeToString(mac.doFinal(name.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
