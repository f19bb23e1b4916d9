package dev.switchboard.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What was read, and found to be good.
 *
 * @param options the settings, typed
 * @param texts what it was read from
 * @param settings each value with its source, in the order of the built-in files
 */
public record Reading<T>(T options, Texts texts, List<Setting> settings) {
    private static final int SHOWN = 12;

    /** What nodes of one cluster may well have different values for: who and where they are. */
    private static final Set<String> OWN =
            Set.of("node", "server.host", "server.port", "server.tls", "cluster.host", "cluster.port", "log");

    /**
     * The same on nodes with the same settings: the first 12 hexadecimal digits of a SHA-256 over all values but those that
     * are a node's own. Of secrets counts only whether they are set: {@code /health} shows it to anybody.
     */
    public String hash() {
        String all = settings.stream()
                .filter(setting -> !isOwn(setting.path()))
                .map(setting -> setting.path() + "=" + setting.value())
                .sorted()
                .collect(Collectors.joining("\n"));
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(all.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, SHOWN);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static boolean isOwn(String path) {
        return OWN.stream().anyMatch(own -> path.equals(own) || path.startsWith(own + "."));
    }
}
