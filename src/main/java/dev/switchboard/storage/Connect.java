package dev.switchboard.storage;

import dev.switchboard.config.ConfigError;
import dev.switchboard.config.ConfigException;
import dev.switchboard.config.Secret;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Locale;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.ssl.DefaultJavaSSLFactory;

/** Where the database is, in the forms that the two clients want: vertx-pg-client to work with, JDBC for Flyway. */
final class Connect {
    private static final String APPLICATION = "switchboard";

    private Connect() {}

    /** @throws ConfigException when the address cannot be understood */
    static PgConnectOptions to(Secret url) {
        String address = url.value().replaceFirst("^jdbc:", "");
        try {
            PgConnectOptions connect = PgConnectOptions.fromUri(address);
            // libpq's own affair; what is left in the properties would be sent to the server, which refuses it.
            connect.getProperties().remove("channel_binding");
            connect.setSslOptions(sslOptions(connect.getSslMode()));
            return named(connect);
        } catch (IllegalArgumentException e) {
            throw failure("expected postgres://user:password@host:5432/name", null);
        }
    }

    static PgConnectOptions to(EmbeddedDatabase embedded) {
        return named(new PgConnectOptions()
                .setHost(embedded.host())
                .setPort(embedded.port())
                .setDatabase(embedded.database())
                .setUser(embedded.user())
                .setPassword(embedded.password().value()));
    }

    private static PgConnectOptions named(PgConnectOptions connect) {
        connect.addProperty("application_name", APPLICATION);
        return connect;
    }

    /** As in libpq: {@code require} encrypts, and only the {@code verify-…} modes look at the certificate. */
    private static @Nullable ClientSSLOptions sslOptions(SslMode mode) {
        return switch (mode) {
            case DISABLE -> null;
            case ALLOW, PREFER, REQUIRE -> new ClientSSLOptions().setTrustAll(true);
            case VERIFY_CA -> verifying().setHostnameVerificationAlgorithm("");
            case VERIFY_FULL -> verifying().setHostnameVerificationAlgorithm("HTTPS");
        };
    }

    private static ClientSSLOptions verifying() {
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init((KeyStore) null); // the JDK's own certificate authorities
            return new ClientSSLOptions().setTrustOptions(TrustOptions.wrap(trust.getTrustManagers()[0]));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static PGSimpleDataSource jdbc(PgConnectOptions connect, DatabaseOptions options) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setServerNames(new String[] {connect.getHost()});
        source.setPortNumbers(new int[] {connect.getPort()});
        source.setDatabaseName(connect.getDatabase());
        source.setUser(connect.getUser());
        source.setPassword(connect.getPassword());
        source.setApplicationName(APPLICATION);
        source.setConnectTimeout((int) options.connectTimeout().toSeconds());
        SslMode mode = connect.getSslMode();
        source.setSslMode(mode.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        if (mode == SslMode.VERIFY_CA || mode == SslMode.VERIFY_FULL) {
            source.setSslfactory(DefaultJavaSSLFactory.class.getName());
        }
        return source;
    }

    /** A failure of the database, put as a wrong setting in one line. */
    static ConfigException failure(String problem, @Nullable PgConnectOptions connect) {
        String where = connect == null
                ? ""
                : "cannot use " + connect.getHost() + ":" + connect.getPort() + "/" + connect.getDatabase() + ": ";
        return new ConfigException(new ConfigError("database.url", "DATABASE_URL", where + problem));
    }
}
