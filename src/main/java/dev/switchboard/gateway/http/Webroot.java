package dev.switchboard.gateway.http;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The page: the files of a folder on the class path, kept in memory and shared by all event loops. Only what was there at
 * the start can be asked for, so no path leads out of the folder.
 */
public final class Webroot implements Handler<RoutingContext> {
    private static final String INDEX = "index.html";

    /** What all files of the page count as. */
    private static final String LABEL = "page";

    /** What a browser is shown in the place of a page that is not there. */
    private static final String MISSING = "/404.html";

    /** Some ask for the one without looking at the page, which names the other. */
    private static final Map<String, String> ALIASES = Map.of("/favicon.ico", "/favicon.svg");

    /** Our pages load only what this server serves; pictures and sockets may come from elsewhere. */
    private static final CharSequence POLICY = HttpHeaders.createOptimized(String.join(
            "; ",
            "default-src 'self'",
            "img-src 'self' data: https:",
            "connect-src 'self' ws: wss:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'"));

    private static final int ETAG_BYTES = 12;

    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("html", "text/html; charset=utf-8"),
            Map.entry("js", "text/javascript; charset=utf-8"),
            Map.entry("mjs", "text/javascript; charset=utf-8"),
            Map.entry("ts", "text/plain; charset=utf-8"),
            Map.entry("css", "text/css; charset=utf-8"),
            Map.entry("json", "application/json"),
            Map.entry("map", "application/json"),
            Map.entry("webmanifest", "application/manifest+json"),
            Map.entry("txt", "text/plain; charset=utf-8"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("png", "image/png"),
            Map.entry("jpg", "image/jpeg"),
            Map.entry("webp", "image/webp"),
            Map.entry("ico", "image/x-icon"),
            Map.entry("woff2", "font/woff2"),
            Map.entry("mp3", "audio/mpeg"),
            Map.entry("ogg", "audio/ogg"));

    private record Asset(Buffer content, String type, String etag) {}

    /** @param name whose extension says what it is */
    public record File(String name, Buffer content) {}

    private final Map<String, Asset> assets;

    private Webroot(Map<String, Asset> assets) {
        this.assets = assets;
    }

    /**
     * Reads a folder. Blocks. Files and folders whose names begin with a dot are left out.
     *
     * @param folder with an {@code index.html} in it, for example {@code webroot}
     * @throws IOException when it cannot be read, or is not there
     */
    public static Webroot load(ClassLoader loader, String folder) throws IOException {
        URL index = loader.getResource(folder + "/" + INDEX);
        if (index == null) {
            throw new IOException("no " + folder + "/" + INDEX + " on the class path");
        }
        try {
            URI uri = index.toURI();
            if (uri.getScheme().equals("jar")) {
                Path jar = Path.of(URI.create(uri.getRawSchemeSpecificPart().split("!", 2)[0]));
                try (FileSystem files = FileSystems.newFileSystem(jar)) {
                    return read(files.getPath("/" + folder));
                }
            }
            return read(Path.of(uri).resolveSibling(""));
        } catch (URISyntaxException e) {
            throw new IOException("a class path of another kind: " + index, e);
        }
    }

    private static Webroot read(Path folder) throws IOException {
        Map<String, Asset> assets = new HashMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                String path = "/" + folder.relativize(file).toString().replace('\\', '/');
                if (path.contains("/.")) {
                    continue;
                }
                Asset asset = asset(path, Files.readAllBytes(file));
                assets.put(path, asset);
                if (path.endsWith("/" + INDEX)) {
                    assets.put(path.substring(0, path.length() - INDEX.length()), asset);
                }
            }
        }
        ALIASES.forEach((alias, path) -> {
            Asset asset = assets.get(path);
            if (asset != null) {
                assets.putIfAbsent(alias, asset);
            }
        });
        return new Webroot(Map.copyOf(assets));
    }

    private static Asset asset(String path, byte[] bytes) {
        String extension = path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return new Asset(Buffer.buffer(bytes), TYPES.getOrDefault(extension, "application/octet-stream"), etag(bytes));
    }

    /** Weak (RFC 9110 §8.8.1): the same tag stands for the compressed form. */
    private static String etag(byte[] bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return "W/\"" + HexFormat.of().formatHex(digest, 0, ETAG_BYTES) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** These files and no others, each under its path. */
    public static Webroot of(Map<String, File> files) {
        Map<String, Asset> assets = new HashMap<>();
        files.forEach((path, file) ->
                assets.put(path, asset(file.name(), file.content().getBytes())));
        return new Webroot(Map.copyOf(assets));
    }

    /** These files and others; where both have a path, the other's. */
    public Webroot with(Webroot other) {
        Map<String, Asset> both = new HashMap<>(assets);
        both.putAll(other.assets);
        return new Webroot(Map.copyOf(both));
    }

    /** Every path that leads to a file. */
    Set<String> paths() {
        return assets.keySet();
    }

    @Override
    public void handle(RoutingContext rc) {
        Asset asset = assets.get(rc.normalizedPath());
        if (asset == null) {
            answerUnknown(rc);
            return;
        }
        HttpMeters.label(rc, LABEL);
        if (!SafeMethods.admit(rc)) {
            return;
        }
        HttpServerResponse response = rc.response();
        response.putHeader("content-security-policy", POLICY);
        // The browser may keep it, but asks each time whether it is still the same.
        response.putHeader(HttpHeaders.ETAG, asset.etag()).putHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
        if (matches(rc.request().getHeader(HttpHeaders.IF_NONE_MATCH), asset.etag())) {
            response.setStatusCode(304).end();
        } else {
            response.putHeader(HttpHeaders.CONTENT_TYPE, asset.type()).end(asset.content());
        }
    }

    /** A person who mistyped an address gets a page; programs, and whoever asks for the API, the usual error. */
    private void answerUnknown(RoutingContext rc) {
        Asset missing = assets.get(MISSING);
        String accept = rc.request().getHeader(HttpHeaders.ACCEPT);
        if (missing == null
                || accept == null
                || !accept.contains("text/html")
                || !rc.request().method().equals(HttpMethod.GET)
                || rc.normalizedPath().startsWith("/api/")) {
            rc.next();
            return;
        }
        rc.response()
                .setStatusCode(404)
                .putHeader("content-security-policy", POLICY)
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .putHeader(HttpHeaders.CONTENT_TYPE, missing.type())
                .end(missing.content());
    }

    private static boolean matches(@Nullable String ifNoneMatch, String etag) {
        return ifNoneMatch != null
                && Arrays.stream(ifNoneMatch.split(",", -1))
                        .map(String::strip)
                        .anyMatch(tag -> tag.equals("*") || tag.equals(etag) || tag.equals(etag.substring(2)));
    }
}
