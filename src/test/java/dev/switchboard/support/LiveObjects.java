package dev.switchboard.support;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is alive in another JVM after a full collection.
 *
 * @param bytes of the heap
 * @param counts objects by class
 */
public record LiveObjects(long bytes, int threads, Map<String, Long> counts) {
    private static final Pattern ROW = Pattern.compile("\\s*\\d+:\\s+(\\d+)\\s+\\d+\\s+(\\S+).*");
    private static final Pattern TOTAL = Pattern.compile("Total\\s+\\d+\\s+(\\d+)");
    private static final Pattern THREADS = Pattern.compile("(?m)^Threads:\\s+(\\d+)");

    /** Of a process of this machine. */
    public static LiveObjects of(long pid) throws IOException {
        Process jcmd = new ProcessBuilder("jcmd", String.valueOf(pid), "GC.class_histogram").start();
        String text = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Map<String, Long> counts = new TreeMap<>();
        long bytes = 0;
        for (String line : text.split("\n", -1)) {
            Matcher row = ROW.matcher(line);
            Matcher total = TOTAL.matcher(line);
            if (row.matches()) {
                counts.merge(row.group(2), Long.parseLong(row.group(1)), Long::sum);
            } else if (total.find()) {
                bytes = Long.parseLong(total.group(1));
            }
        }
        Matcher threads = THREADS.matcher(Files.readString(Path.of("/proc", String.valueOf(pid), "status")));
        return new LiveObjects(bytes, threads.find() ? Integer.parseInt(threads.group(1)) : 0, counts);
    }

    public long count(String type) {
        return counts.getOrDefault(type, 0L);
    }

    /** Classes of ours and of Vert.x of which there are more than before. */
    public Map<String, String> more(LiveObjects before) {
        Map<String, String> more = new TreeMap<>();
        counts.forEach((type, count) -> {
            if ((type.startsWith("dev.switchboard.") || type.startsWith("io.vertx.")) && count > before.count(type)) {
                more.put(type, before.count(type) + " -> " + count);
            }
        });
        return more;
    }

    @Override
    public String toString() {
        return bytes / 1_024 + " KiB, " + threads + " threads";
    }
}
