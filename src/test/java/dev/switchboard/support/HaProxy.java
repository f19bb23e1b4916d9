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

    private static final List<String> BACKENDS = List.of("nodes", "sockets");

    /** The column of a server's state in HAProxy's table. */
    private static final int STATUS = 17;

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

    /**
     * In front of nodes on these ports of this machine, as {@code deploy/haproxy.cfg} sets it up: only places and the number
     * of connections differ.
     */
    public static HaProxy start(Path folder, int port, int statesPort, List<Integer> nodes) throws IOException {
        String servers = nodes.stream()
                .map(node -> "  server n" + node + " 127.0.0.1:" + node)
                .collect(Collectors.joining("\n"));
        String settings = Files.readString(Path.of("deploy", "haproxy.cfg"));
        settings = replace(settings, "maxconn \\d+", "maxconn 5000");
        settings = replace(settings, "bind :\\d+", "bind 127.0.0.1:" + port);
        settings = replace(settings, " *server-template .*", servers);
        settings += String.join(
                "\n",
                "",
                "frontend states",
                "  bind 127.0.0.1:" + statesPort,
                "  no log",
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

    private static String replace(String settings, String pattern, String by) {
        String replaced = settings.replaceAll(pattern, by);
        if (replaced.equals(settings)) {
            throw new IllegalStateException("no " + pattern + " in the balancer's settings");
        }
        return replaced;
    }

    /** How many nodes it sends both requests and sockets to. */
    public long nodesUp() {
        try {
            String csv = HTTP.send(HttpRequest.newBuilder(states).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
            return BACKENDS.stream()
                    .mapToLong(backend -> csv.lines()
                            .filter(line -> line.startsWith(backend + ",n"))
                            .filter(line -> line.split(",", -1)[STATUS].equals("UP"))
                            .count())
                    .min()
                    .orElseThrow();
        } catch (IOException notYet) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
