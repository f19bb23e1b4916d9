package dev.switchboard.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebrootTest {
    @TempDir
    Path folder;

    @Test
    void aFolderAndAJarHoldTheSamePage() throws Exception {
        Webroot inFolder = Webroot.load(WebrootTest.class.getClassLoader(), "page");
        Path jar = folder.resolve("with a space.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                var entries = new JarOutputStream(out)) {
            // Without entries for the folders, as some tools write jars.
            for (String name :
                    new String[] {"page/index.html", "page/assets/app.js", "page/.secret/key.txt", "x.txt"}) {
                entries.putNextEntry(new JarEntry(name));
                entries.write(name.getBytes(StandardCharsets.UTF_8));
            }
        }
        try (var loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
            assertThat(Webroot.load(loader, "page").paths())
                    .containsExactlyInAnyOrder("/", "/index.html", "/assets/app.js")
                    .isEqualTo(inFolder.paths());
        }
    }

    @Test
    void whoMistypedAnAddressGetsAPageAndProgramsGoOn() throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            Router router = Router.router(vertx);
            router.route().handler(Webroot.load(WebrootTest.class.getClassLoader(), "webroot"));
            router.route().handler(rc -> rc.response().setStatusCode(401).end());
            int port = vertx.createHttpServer()
                    .requestHandler(router)
                    .listen(0, "127.0.0.1")
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS)
                    .actualPort();
            HttpResponse<String> page = get(port, "/chanels", "text/html,*/*;q=0.8");
            assertThat(page.statusCode()).isEqualTo(404);
            assertThat(page.body()).contains("There is no such page.");
            assertThat(page.headers().firstValue("content-security-policy")).isPresent();
            assertThat(get(port, "/chanels", "*/*").statusCode()).isEqualTo(401);
            assertThat(get(port, "/api/v1/chanels", "text/html").statusCode()).isEqualTo(401);
            HttpResponse<String> icon = get(port, "/favicon.ico", "image/*");
            assertThat(icon.statusCode()).isEqualTo(200);
            assertThat(icon.headers().firstValue("content-type")).contains("image/svg+xml");
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
    }

    private static HttpResponse<String> get(int port, String path, String accept) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Accept", accept)
                .timeout(Duration.ofSeconds(10))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void aMissingPageIsAMistakeOfTheBuild() {
        assertThatThrownBy(() -> Webroot.load(WebrootTest.class.getClassLoader(), "no-such-page"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no-such-page/index.html");
    }
}
