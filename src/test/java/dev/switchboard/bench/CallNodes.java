package dev.switchboard.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A cluster of Switchboard's nodes, all of them and everything else on all cores of this machine. */
final class CallNodes implements AutoCloseable {
    /** Everybody calls far more often than people do. */
    private static final String CALLS_OF_ONE_USER = "10000";

    private static final int SETTLE_SECONDS = 5;
    private static final int FIRST_PORT = 2_000;
    private static final int LAST_PORT = 3_000;
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");

    private final List<ServerProcess> nodes = new ArrayList<>();

    CallNodes(int count, Path jar, Path workDir, Tokens tokens, BenchDatabase database, List<String> jvmFlags) {
        Map<String, String> settings = new HashMap<>();
        settings.put("HOST", "127.0.0.1");
        settings.put("DATABASE_URL", database.url());
        settings.put("JWT_SECRET", tokens.secret());
        settings.put("CLUSTER_NAME", "bench-calls-" + ProcessHandle.current().pid());
        settings.put("CLUSTER_PORT", String.valueOf(ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT) * 10));
        settings.put("CALL_PER_MINUTE", CALLS_OF_ONE_USER);
        settings.put("CALL_PER_MINUTE_AND_PAIR", CALLS_OF_ONE_USER);
        List<String> command = Target.java(jvmFlags, "-jar", jar.toString());
        try {
            for (int i = 0; i < count; i++) {
                settings.put("DATA_DIR", workDir.resolve("node-" + i).toString());
                nodes.add(ServerProcess.startAnywhere(workDir, "node-" + i, command, settings));
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    int size() {
        return nodes.size();
    }

    ServerProcess get(int node) {
        return nodes.get(node);
    }

    double cpuSeconds() {
        return nodes.stream().mapToDouble(ServerProcess::cpuSeconds).sum();
    }

    /** Bytes of objects that live on the heaps of all nodes together. */
    long liveBytes() {
        settle();
        // Twice: what the first collection leaves to be cleaned up is gone after the second.
        nodes.forEach(node -> node.tell("jcmd", "PID", "GC.run"));
        settle();
        return nodes.stream().mapToLong(CallNodes::liveBytes).sum();
    }

    private static long liveBytes(ServerProcess node) {
        Matcher total = TOTAL.matcher(node.tell("jcmd", "PID", "GC.class_histogram"));
        if (!total.find()) {
            throw new IllegalStateException("no total in the histogram of classes");
        }
        return Long.parseLong(total.group(1));
    }

    /** Lets the nodes finish what they do on their own. */
    private void settle() {
        Waiting.until(SETTLE_SECONDS, () -> nodes.stream().anyMatch(node -> !node.isAlive()));
    }

    @Override
    public void close() {
        nodes.forEach(ServerProcess::close);
    }
}
