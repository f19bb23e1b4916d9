package dev.switchboard.gateway;

import dev.switchboard.config.ConfigWatch;
import dev.switchboard.config.Secret;
import dev.switchboard.config.Section;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PfxOptions;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The certificate that the listener shows, with its key. Options are equal when the content of their files is: files may be
 * replaced by others of the same name.
 */
public sealed interface TlsOptions {
    /** Two PEM files: the chain, own certificate first; and its key, unencrypted (PKCS#8, PKCS#1 or SEC 1). */
    record Pem(String certificate, String key, String content) implements TlsOptions {
        /** As the files are now. */
        public Pem(String certificate, String key) {
            this(certificate, key, digests(certificate, key));
        }
    }

    /** A PKCS#12 store with both. */
    record Store(String file, @Nullable Secret password, String content) implements TlsOptions {
        /** As the file is now. */
        public Store(String file, @Nullable Secret password) {
            this(file, password, digests(file));
        }
    }

    /** Where it is. */
    default Set<Path> files() {
        return this instanceof Pem pem
                ? Set.of(Path.of(pem.certificate()), Path.of(pem.key()))
                : Set.of(Path.of(((Store) this).file()));
    }

    private static String digests(String... files) {
        return Arrays.stream(files)
                .map(file -> ConfigWatch.digest(Path.of(file)))
                .collect(Collectors.joining(","));
    }

    /** For Vert.x. */
    default KeyCertOptions keyCert() {
        if (this instanceof Pem pem) {
            return new PemKeyCertOptions().setCertPath(pem.certificate()).setKeyPath(pem.key());
        }
        Store store = (Store) this;
        Secret password = store.password();
        return new PfxOptions().setPath(store.file()).setPassword(password == null ? null : password.value());
    }

    /** Null when the section names no files: then the listener speaks no TLS. The files are looked into. */
    static @Nullable TlsOptions from(Section section) {
        String certificate = section.optionalText("certificate");
        String key = section.optionalText("key");
        String store = section.optionalText("keyStore");
        Secret password = section.optionalSecret("keyStorePassword", 1);
        if (store != null) {
            if (certificate != null || key != null) {
                section.problem("keyStore", "expected either a store, or a certificate and a key");
            }
            checkStore(section, store, password);
            return new Store(store, password);
        }
        if (certificate == null && key == null) {
            return null;
        }
        if (certificate == null || key == null) {
            section.problem(certificate == null ? "certificate" : "key", "expected a file: both are needed");
            return null;
        }
        checkCertificate(section, certificate);
        checkKey(section, key);
        return new Pem(certificate, key);
    }

    private static void checkStore(Section section, String file, @Nullable Secret password) {
        try {
            char[] opened = password == null ? new char[0] : password.value().toCharArray();
            KeyStore.getInstance(new File(file), opened);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            section.problem("keyStore", "cannot be opened: " + e.getMessage());
        }
    }

    private static void checkCertificate(Section section, String file) {
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            if (CertificateFactory.getInstance("X.509").generateCertificates(in).isEmpty()) {
                section.problem("certificate", "there is no certificate in it");
            }
        } catch (IOException | GeneralSecurityException | InvalidPathException e) {
            section.problem("certificate", "cannot be read: " + e.getMessage());
        }
    }

    private static void checkKey(Section section, String file) {
        try {
            String pem = Files.readString(Path.of(file));
            if (!pem.contains("PRIVATE KEY-----") || pem.contains("ENCRYPTED")) {
                section.problem("key", "there is no unencrypted key in it");
            }
        } catch (IOException | InvalidPathException e) {
            section.problem("key", "cannot be read: " + e.getMessage());
        }
    }
}
