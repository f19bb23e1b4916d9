package dev.switchboard.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate for {@code localhost} and its key, in files of both forms. */
public record Certificates(String store, String certificate, String key) {
    public static final String PASSWORD = "changeit";
    private static final String ALIAS = "a";
    private static final int LINE = 64;

    public static Certificates make(Path folder) throws IOException, InterruptedException, GeneralSecurityException {
        Path store = folder.resolve("a.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        ALIAS,
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.txt").toFile())
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore opened = open(store);
        Path certificate = folder.resolve("a.crt");
        Path key = folder.resolve("a.key");
        Files.writeString(
                certificate, pem("CERTIFICATE", opened.getCertificate(ALIAS).getEncoded()));
        Files.writeString(
                key,
                pem("PRIVATE KEY", opened.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded()));
        return new Certificates(store.toString(), certificate.toString(), key.toString());
    }

    private static KeyStore open(Path store) throws IOException, GeneralSecurityException {
        return KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    }

    private static String pem(String what, byte[] der) {
        return "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END " + what + "-----\n";
    }

    /** For a client that believes this certificate alone. */
    public SSLContext trusting() throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(ALIAS, open(Path.of(store)).getCertificate(ALIAS));
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        var context = SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), null);
        return context;
    }
}
