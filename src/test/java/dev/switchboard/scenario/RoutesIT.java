package dev.switchboard.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Api;
import dev.switchboard.support.TestNodes;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node with a {@code routes.yaml} of the user: paths of their own to operations and to a service. */
class RoutesIT {
    @TempDir
    private Path conf;

    @Test
    void pathsOfTheUsersLeadToOperationsAndServices() throws Exception {
        Files.writeString(
                conf.resolve("routes.yaml"),
                """
                upstreams:
                  rooms: { addresses: "${UPSTREAM_ROOMS_URL}" }
                routes:
                  - { path: /join, methods: POST, operation: account:register }
                  - { path: /whoami, methods: GET, operation: user:me }
                  - { path: "/say/{conversationId}", methods: POST, operation: message:send, status: 202 }
                  - { path: "/shop/{id}/**", methods: [GET, POST], rewrite: "/v2/{id}/**", upstream: rooms }
                  - { path: /shop/till, auth: role:admin, upstream: rooms }
                """);
        List<String> asked = new CopyOnWriteArrayList<>();
        Vertx vertx = Vertx.vertx();
        try (TestNodes nodes = TestNodes.start(0)) {
            int port = vertx.createHttpServer()
                    .requestHandler(request -> {
                        asked.add(request.method() + " " + request.uri() + " " + request.getHeader("X-User-Id"));
                        request.response().end("{\"from\":\"the service\"}");
                    })
                    .listen(0, "127.0.0.1")
                    .await(10, TimeUnit.SECONDS)
                    .actualPort();
            nodes.add(conf, Map.of("UPSTREAM_ROOMS_URL", "http://127.0.0.1:" + port));
            Api api = new Api(nodes.doors().get(0));

            var anna = api.register("anna");
            Map<String, String> berta =
                    Map.of("username", "berta", "email", "b@example.org", "password", "correct horse");
            assertThat(api.call("POST", "/join", null, berta)
                            .ok()
                            .at("/user/username")
                            .asText())
                    .isEqualTo("berta");
            assertThat(api.call("GET", "/whoami", anna, null).ok().get("id").asText())
                    .isEqualTo(anna.id());
            assertThat(api.call("GET", "/whoami", null, null).status()).isEqualTo(401);
            assertThat(api.call("DELETE", "/whoami", anna, null).status()).isEqualTo(405);

            String room = api.call("POST", "/api/v1/conversations", anna, Map.of("kind", "group", "title", "Trip"))
                    .ok()
                    .get("id")
                    .asText();
            var said = api.call("POST", "/say/" + room, anna, Map.of("content", "hello", "type", "text"));
            assertThat(said.status()).isEqualTo(202);
            assertThat(api.call("GET", "/api/v1/messages?conversationId=" + room, anna, null)
                            .ok()
                            .at("/messages/0/id")
                            .asText())
                    .isEqualTo(said.body().get("id").asText());

            assertThat(api.call("GET", "/shop/7/a//b/../c?x=1", anna, null)
                            .ok()
                            .get("from")
                            .asText())
                    .isEqualTo("the service");
            assertThat(api.call("GET", "/shop/till", anna, null).status()).isEqualTo(403);
            assertThat(api.call("GET", "/shop/7/..%2ftill", anna, null).status())
                    .isEqualTo(400);
            assertThat(api.call("GET", "/shop/7/a", null, null).status()).isEqualTo(401);
            assertThat(api.call("GET", "/shop", anna, null).status()).isEqualTo(404);
            assertThat(api.call("GET", "/shop", null, null).status()).isEqualTo(401);
            assertThat(asked).containsExactly("GET /v2/7/a/c?x=1 " + anna.id());
        } finally {
            vertx.close().await(10, TimeUnit.SECONDS);
        }
    }
}
