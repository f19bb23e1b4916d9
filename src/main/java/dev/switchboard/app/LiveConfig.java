package dev.switchboard.app;

import dev.switchboard.app.Changes.Action;
import dev.switchboard.config.ConfigError;
import dev.switchboard.config.ConfigException;
import dev.switchboard.config.ConfigSource;
import dev.switchboard.config.ConfigState;
import dev.switchboard.config.ConfigWatch;
import dev.switchboard.config.Reading;
import dev.switchboard.gateway.TlsOptions;
import dev.switchboard.gateway.limit.RedisAddress;
import dev.switchboard.gateway.upstream.UpstreamOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets a running node follow its settings' files: what changed is compared, then put into effect, or refused as a whole. */
final class LiveConfig implements ConfigWatch.Follower<PlatformOptions> {
    private static final Logger LOG = LoggerFactory.getLogger(LiveConfig.class);

    private final Parts parts;
    private final PlatformOptions atStart;
    private volatile ConfigState state;
    private volatile Runnable told = () -> {};
    private final ConfigWatch<PlatformOptions> watch;

    LiveConfig(Vertx vertx, Parts parts, ConfigSource source, Reading<PlatformOptions> first) {
        this.parts = parts;
        this.atStart = first.options();
        this.state = ConfigState.of(first);
        this.watch = new ConfigWatch<>(
                vertx,
                source,
                PlatformOptions::from,
                first,
                LiveConfig::files,
                first.options().node().watch(),
                this);
    }

    /**
     * Begins to look, if the settings want it.
     *
     * @param told runs when other settings took effect, and now
     */
    void start(Runnable told) {
        this.told = told;
        told.run();
        if (!atStart.node().watch().isZero()) {
            watch.start();
        }
    }

    void stop() {
        watch.stop();
    }

    ConfigState state() {
        return state;
    }

    /** Certificates are replaced by files of the same name. */
    private static Set<Path> files(PlatformOptions options) {
        TlsOptions tls = options.server().tls();
        RedisAddress redis = options.limits().redis();
        Set<Path> files = new HashSet<>(tls == null ? Set.of() : tls.files());
        Stream.concat(
                        options.upstreams().stream().map(UpstreamOptions::tls),
                        Stream.ofNullable(redis).map(RedisAddress::authorities))
                .filter(Objects::nonNull)
                .forEach(authorities -> files.add(authorities.file()));
        return files;
    }

    @Override
    public void unchanged() {
        if (!state.errors().isEmpty()) {
            LOG.info("The settings' files say again what is in effect");
        }
        state = state.good();
    }

    @Override
    public void refused(List<ConfigError> errors) {
        if (!errors.equals(state.errors())) {
            errors.forEach(error -> LOG.error("Settings not changed: {}", error));
        }
        state = state.refused(errors);
    }

    @Override
    public Future<Void> changed(Reading<PlatformOptions> next) {
        PlatformOptions old = parts.options();
        PlatformOptions wanted = next.options();
        if (wanted.standsAlone() != atStart.standsAlone()) {
            return Future.failedFuture(new ConfigException(new ConfigError(
                    "routes", null, "whether a node joins a cluster for them shows at its start: restart it")));
        }
        Changes changes = Changes.between(old, wanted);
        List<String> pending = changes.paths(Set.of(Action.NEXT_START));
        List<String> effective = changes.paths(EnumSet.complementOf(EnumSet.of(Action.NEXT_START)));
        return parts.change(wanted.whileRunning(old), changes).onSuccess(done -> {
            boolean something = !effective.isEmpty() || !pending.equals(state.pending());
            if (something && (!effective.isEmpty() || pending.isEmpty())) {
                LOG.info(
                        "Settings changed: {} (now {})",
                        effective.isEmpty() ? "nothing that is not in effect" : String.join(", ", effective),
                        next.hash());
            }
            if (something && !pending.isEmpty()) {
                LOG.warn("Settings that take effect at the next start: {}", String.join(", ", pending));
            }
            state = something ? state.changed(next, pending) : state.good();
            told.run();
        });
    }
}
