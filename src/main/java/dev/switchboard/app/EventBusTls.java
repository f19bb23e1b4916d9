package dev.switchboard.app;

import dev.switchboard.bus.ClusterOptions;
import dev.switchboard.config.ConfigError;
import dev.switchboard.config.ConfigException;
import dev.switchboard.config.Secret;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.JksOptions;
import io.vertx.core.net.KeyStoreOptionsBase;
import io.vertx.core.net.PfxOptions;
import java.io.File;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import org.jspecify.annotations.Nullable;

/** TLS between event buses: both sides show a certificate, and only authorities in the trust store are believed. */
final class EventBusTls {
    private EventBusTls() {}

    /** @throws ConfigException when a store cannot be read; Vert.x would find out later, and not say which */
    static void apply(ClusterOptions.Tls tls, EventBusOptions eventBus) {
        // True by default, which would make TLS a mere disguise.
        eventBus.setTrustAll(false);
        if (tls.enabled()) {
            eventBus.setSsl(true)
                    .setClientAuth(ClientAuth.REQUIRED)
                    .setKeyCertOptions(store("keyStore", "KEY_STORE", tls.keyStore(), tls.keyStorePassword()))
                    .setTrustOptions(store("trustStore", "TRUST_STORE", tls.trustStore(), tls.trustStorePassword()));
        }
    }

    /** Exactly these two classes: of others, the event bus loses the contents when it copies its options by JSON. */
    private static KeyStoreOptionsBase store(
            String setting, String variable, @Nullable String file, @Nullable Secret password) {
        try {
            char[] opened = password == null ? new char[0] : password.value().toCharArray();
            KeyStore.getInstance(new File(String.valueOf(file)), opened);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new ConfigException(new ConfigError(
                    "cluster.tls." + setting, "CLUSTER_TLS_" + variable, "cannot be opened: " + e.getMessage()));
        }
        KeyStoreOptionsBase store = file != null && file.endsWith(".jks") ? new JksOptions() : new PfxOptions();
        return store.setPath(file).setPassword(password == null ? null : password.value());
    }
}
