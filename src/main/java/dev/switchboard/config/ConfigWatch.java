package dev.switchboard.config;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the settings' files again and again, and tells of what changed once it is whole: a change counts when two looks
 * in a row found the same bytes, and everything in them was checked. Reading is done on a worker thread. The next look comes
 * a period after the one before was acted on: there is never more than one change under way, and the newest wins.
 */
public final class ConfigWatch<T> {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigWatch.class);

    /** Whoever is told. One thing at a time. */
    public interface Follower<T> {
        /** The files say what counts already. */
        void unchanged();

        /** The files say something else (or the same in other words), and it is good. Fails when it cannot be put into effect: the old stays. */
        Future<Void> changed(Reading<T> next);

        /** The files cannot be used; told at each look until they can. The old stays. */
        void refused(List<ConfigError> errors);
    }

    /** What the files are, and those that the settings name. */
    private record Stamp(Texts texts, Map<Path, String> others) {}

    private final Vertx vertx;
    private final ConfigSource source;
    private final Function<Section, T> reader;
    private final Function<T, Set<Path>> others;
    private final long periodMs;
    private final Follower<T> follower;
    private volatile boolean stopped;
    private Reading<T> now;
    private @Nullable Stamp applied;
    private @Nullable Stamp seen;

    /**
     * @param now what counts until something changes
     * @param others files that the settings name, whose content counts too, such as certificates
     * @param period between looks
     */
    public ConfigWatch(
            Vertx vertx,
            ConfigSource source,
            Function<Section, T> reader,
            Reading<T> now,
            Function<T, Set<Path>> others,
            Duration period,
            Follower<T> follower) {
        this.vertx = vertx;
        this.source = source;
        this.reader = reader;
        this.now = now;
        this.others = others;
        this.periodMs = period.toMillis();
        this.follower = follower;
    }

    /** Begins to look. */
    public void start() {
        vertx.setTimer(periodMs, t -> vertx.executeBlocking(this::look, false)
                .compose(next -> next)
                .onFailure(failure -> LOG.error("The settings could not be looked at", failure))
                .onComplete(done -> {
                    if (!stopped) {
                        start();
                    }
                }));
    }

    /** Does not look again. What is under way comes to its end. */
    public void stop() {
        stopped = true;
    }

    private Future<Void> look() {
        if (stopped) {
            return Future.succeededFuture();
        }
        try {
            Texts texts = source.texts();
            refuseMissing(texts);
            Stamp stamp = new Stamp(texts, digests(others.apply(now.options())));
            if (stamp.equals(applied)) {
                seen = null;
                follower.unchanged();
                return Future.succeededFuture();
            }
            if (!stamp.equals(seen)) {
                seen = stamp;
                return Future.succeededFuture();
            }
            return change(stamp, source.read(texts, reader));
        } catch (ConfigException e) {
            follower.refused(e.errors());
            return Future.succeededFuture();
        }
    }

    private Future<Void> change(Stamp stamp, Reading<T> next) {
        return follower.changed(next)
                .onSuccess(done -> {
                    now = next;
                    applied = stamp;
                })
                .recover(failure -> {
                    follower.refused(
                            failure instanceof ConfigException wrong
                                    ? wrong.errors()
                                    : List.of(new ConfigError("settings", null, String.valueOf(failure))));
                    return Future.succeededFuture();
                });
    }

    /** A file that went away was lost, or is about to be replaced: nobody wants all its settings undone by that. */
    private void refuseMissing(Texts texts) {
        List<ConfigError> gone = new ArrayList<>();
        for (Path file : now.texts().byFile().keySet()) {
            if (!texts.byFile().containsKey(file)) {
                gone.add(new ConfigError(file.toString(), null, "is gone; what it said is still in effect"));
            }
        }
        if (!gone.isEmpty()) {
            throw new ConfigException(gone);
        }
    }

    private static Map<Path, String> digests(Set<Path> files) {
        Map<Path, String> digests = new TreeMap<>();
        files.forEach(file -> digests.put(file, digest(file)));
        return digests;
    }

    /** Of a file's content; empty when it cannot be read. */
    public static String digest(Path file) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
            return HexFormat.of().formatHex(digest);
        } catch (IOException e) {
            return "";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
