package dev.switchboard.gateway.openapi;

import dev.switchboard.bus.Json;
import dev.switchboard.gateway.http.Webroot;
import dev.switchboard.protocol.Operation;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The document at {@code /api/openapi.json} (and {@code /api/v1/openapi.json}), and Swagger UI at {@code /api/docs}, where
 * one can sign in and try it.
 */
public final class ApiDocs {
    private static final String PAGE = "/api/docs";
    private static final String WEBJAR = "META-INF/resources/webjars/swagger-ui/";
    private static final String WEBJAR_VERSION = "META-INF/maven/org.webjars/swagger-ui/pom.properties";
    private static final List<String> OWN = List.of("docs.js", "docs.css");
    private static final List<String> PARTS = List.of("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png");

    private ApiDocs() {}

    /**
     * The files of the documentation. Reads the class path: not for an event loop.
     *
     * @param operations those that are served
     */
    public static Webroot of(List<Operation<?, ?>> operations) throws IOException {
        ClassLoader classes = ApiDocs.class.getClassLoader();
        Map<String, Webroot.File> files = new LinkedHashMap<>();
        Buffer document = Buffer.buffer(Json.bytes(ApiDocument.of(version(), operations)));
        var json = new Webroot.File("openapi.json", document);
        files.put("/api/openapi.json", json);
        files.put("/api/v1/openapi.json", json);
        var index = new Webroot.File("index.html", read(classes, "api-docs/index.html"));
        files.put(PAGE, index);
        files.put(PAGE + "/", index);
        for (String own : OWN) {
            files.put(PAGE + "/" + own, new Webroot.File(own, read(classes, "api-docs/" + own)));
        }
        String folder = WEBJAR + webjarVersion(classes) + "/";
        for (String part : PARTS) {
            files.put(PAGE + "/" + part, new Webroot.File(part, read(classes, folder + part)));
        }
        return Webroot.of(files);
    }

    private static String version() {
        @Nullable String version = ApiDocs.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    private static String webjarVersion(ClassLoader classes) throws IOException {
        var properties = new Properties();
        try (InputStream in = open(classes, WEBJAR_VERSION)) {
            properties.load(in);
        }
        return properties.getProperty("version", "");
    }

    private static Buffer read(ClassLoader classes, String name) throws IOException {
        try (InputStream in = open(classes, name)) {
            return Buffer.buffer(in.readAllBytes());
        }
    }

    private static InputStream open(ClassLoader classes, String name) throws IOException {
        @Nullable URL resource = classes.getResource(name);
        if (resource == null) {
            throw new IllegalStateException("the program was built without " + name);
        }
        return resource.openStream();
    }
}
