package dev.switchboard.gateway;

import dev.switchboard.config.ConfigError;
import dev.switchboard.config.ConfigException;
import dev.switchboard.config.ConfigWatch;
import dev.switchboard.config.Secret;
import dev.switchboard.config.Section;
import io.vertx.core.Vertx;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PfxOptions;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The certificate that the listener shows, with its key. Options are equal when the content of their files is: files may be
 * replaced by others of the same name.
 */
public sealed interface TlsOptions {
    /** How keys are tried, by their type. */
    Map<String, String> SIGNATURES = Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");

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

    /**
     * Blocks while the files are read.
     *
     * @throws ConfigException when the key is not the certificate's: nobody could connect
     */
    default void checkPair(Vertx vertx) {
        try {
            for (KeyManager manager : keyCert().getKeyManagerFactory(vertx).getKeyManagers()) {
                if (manager instanceof X509KeyManager keys && !arePairs(keys)) {
                    throw new ConfigException(
                            new ConfigError("server.tls", null, "the key does not belong to the certificate"));
                }
            }
        } catch (ConfigException e) {
            throw e;
        } catch (Exception e) {
            throw new ConfigException(new ConfigError("server.tls", null, "cannot be used: " + e.getMessage()));
        }
    }

    private static boolean arePairs(X509KeyManager keys) {
        for (Map.Entry<String, String> type : SIGNATURES.entrySet()) {
            String[] aliases = keys.getServerAliases(type.getKey(), null);
            for (String alias : aliases == null ? new String[0] : aliases) {
                if (!isPair(keys.getPrivateKey(alias), keys.getCertificateChain(alias)[0], type.getValue())) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Whether what the one signs is what the other verifies. */
    private static boolean isPair(PrivateKey key, X509Certificate certificate, String algorithm) {
        byte[] text = "either".getBytes(StandardCharsets.US_ASCII);
        try {
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(text);
            Signature verifying = Signature.getInstance(algorithm);
            verifying.initVerify(certificate);
            verifying.update(text);
            return verifying.verify(signing.sign());
        } catch (GeneralSecurityException e) {
            return false;
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
