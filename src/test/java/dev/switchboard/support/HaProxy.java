package dev.switchboard.support;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The balancer HAProxy (a package of Debian) in front of nodes, set up as docs/operations.md says. */
public final class HaProxy implements AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Process process;
    private final URI states;

    /** The port that clients use. */
    public final int port;

    private HaProxy(Process process, int port, int statesPort) {
        this.process = process;
        this.port = port;
        this.states = URI.create("http://127.0.0.1:" + statesPort + "/;csv");
    }

    public static boolean isInstalled() {
        return List.of("/usr/sbin/haproxy", "/usr/local/sbin/haproxy").stream()
                .anyMatch(file -> Files.isExecutable(Path.of(file)));
    }

    /** In front of nodes on these ports of this machine. */
    public static HaProxy start(Path folder, int port, int statesPort, List<Integer> nodes) throws IOException {
        String servers = nodes.stream()
                .map(node -> "  server n" + node + " 127.0.0.1:" + node + " check")
                .collect(Collectors.joining("\n"));
        String settings = String.join(
                "\n",
                "defaults",
                "  mode http",
                "  timeout connect 2s",
                "  timeout client 60s",
                "  timeout server 60s",
                "  timeout tunnel 1h",
                "  option redispatch 1",
                "  default-server inter 500ms fall 2 rise 1",
                "frontend door",
                "  bind 127.0.0.1:" + port,
                "  default_backend nodes",
                "backend nodes",
                "  option httpchk GET /health/ready",
                servers,
                "frontend states",
                "  bind 127.0.0.1:" + statesPort,
                "  stats enable",
                "  stats uri /",
                "");
        Path file = Files.writeString(folder.resolve("haproxy.cfg"), settings);
        Process process = new ProcessBuilder("haproxy", "-db", "-f", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("haproxy.log").toFile())
                .start();
        return new HaProxy(process, port, statesPort);
    }

    /** How many nodes it sends requests to. */
    public long nodesUp() {
        try {
            String csv = HTTP.send(HttpRequest.newBuilder(states).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
            return csv.lines()
                    .filter(line -> line.startsWith("nodes,n"))
                    .filter(line -> line.split(",", -1)[17].equals("UP"))
                    .count();
        } catch (IOException notYet) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
