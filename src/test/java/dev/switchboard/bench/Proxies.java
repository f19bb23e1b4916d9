package dev.switchboard.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** What the gateway is compared with, and the service behind all of them. */
final class Proxies {
    /** Long enough for a program that was compiled before it ran. */
    private static final double NATIVE_WARM_UP = 3;

    private static final double NODE_WARM_UP = 6;

    /** Bytes of the answer to {@code /bench}. */
    static final int ANSWER_BYTES = 512;

    private static final String NGINX =
            """
            daemon off;
            master_process off;
            worker_processes 1;
            pid PREFIX/nginx.pid;
            error_log stderr warn;
            events { worker_connections 8192; }
            http {
              access_log off;
              sendfile on;
              keepalive_requests 1000000000;
              client_body_temp_path PREFIX/body;
              proxy_temp_path PREFIX/proxy;
              fastcgi_temp_path PREFIX/fastcgi;
              uwsgi_temp_path PREFIX/uwsgi;
              scgi_temp_path PREFIX/scgi;
            CONTENT
            }
            """;

    private static final String HAPROXY =
            """
            global
              nbthread 1
              maxconn 8192
            defaults
              mode http
              timeout connect 2s
              timeout client 60s
              timeout server 60s
              http-reuse always
            frontend bench
              bind 127.0.0.1:PORT
              default_backend service
            backend service
              server one SERVICE
            """;

    private final Path workDir;

    Proxies(Path workDir) {
        this.workDir = workDir;
    }

    /** nginx as the service: a short answer at {@code /bench}, files below {@code /files}. */
    ServerProcess service(int core) {
        return nginx(
                "service",
                core,
                port ->
                        """
                  server {
                    listen 127.0.0.1:%d backlog=4096;
                    location /bench { default_type application/json; return 200 '%s'; }
                    location /files/ { root %s; }
                  }
                """
                                .formatted(port, answer(), workDir.toAbsolutePath()));
    }

    private static String answer() {
        String head = "{\"text\":\"";
        String tail = "\"}";
        return head + "x".repeat(ANSWER_BYTES - head.length() - tail.length()) + tail;
    }

    /** nginx with connections kept to the service, and nothing else. */
    Proxy nginx() {
        return new Proxy(
                "nginx",
                Machine.firstLine("nginx", "sh", "-c", "nginx -v 2>&1").replaceAll(".*nginx/", "nginx "),
                NATIVE_WARM_UP,
                (core, service) -> nginx(
                        "nginx",
                        core,
                        port ->
                                """
                          upstream service { server %s; keepalive 256; keepalive_requests 1000000000; }
                          server {
                            listen 127.0.0.1:%d backlog=4096;
                            location / {
                              proxy_pass http://service;
                              proxy_http_version 1.1;
                              proxy_set_header Connection "";
                            }
                          }
                        """
                                        .formatted(text(service), port)));
    }

    private ServerProcess nginx(String name, int core, IntFunction<String> content) {
        return ServerProcess.startSilent(workDir, name, core, port -> {
            Path prefix = workDir.resolve(name).toAbsolutePath();
            Path file = prefix.resolve("nginx.conf");
            write(file, NGINX.replace("PREFIX", prefix.toString()).replace("CONTENT", content.apply(port)));
            return List.of("nginx", "-p", prefix.toString(), "-c", file.toString());
        });
    }

    Proxy haproxy() {
        return new Proxy(
                "haproxy",
                Machine.firstLine("HAProxy", "haproxy", "-v").replaceAll("HAProxy version ([0-9.]+).*", "HAProxy $1"),
                NATIVE_WARM_UP,
                (core, service) -> ServerProcess.startSilent(workDir, "haproxy", core, port -> {
                    Path file = workDir.resolve("haproxy").resolve("haproxy.cfg");
                    write(file, HAPROXY.replace("PORT", Integer.toString(port)).replace("SERVICE", text(service)));
                    return List.of("haproxy", "-db", "-f", file.toString());
                }));
    }

    /** A script of {@code bench/proxies}, beside what npm installed for it. */
    Proxy node(String id, String title, String installed) {
        Path folder = workDir.resolve("proxies");
        return new Proxy(
                id,
                title + " " + Machine.npmPackage(folder.resolve("node_modules").resolve(installed)),
                NODE_WARM_UP,
                (core, service) -> ServerProcess.start(
                        workDir,
                        id,
                        core,
                        List.of("node", folder.resolve(id + ".js").toString()),
                        Map.of("NODE_ENV", "production", "SERVICE", "http://" + text(service))));
    }

    static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
