package dev.switchboard.config;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.TrustOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import org.jspecify.annotations.Nullable;

/**
 * The authorities that certificates of a server must come from; those that the Java runtime trusts count no more. Equal when
 * the content is: a file may be replaced by another one of the same name.
 *
 * @param file where they were read
 * @param pem their certificates
 */
public record Authorities(Path file, String pem) {
    /** Null when nothing is set; a file without certificates is a mistake of the settings. */
    public static @Nullable Authorities from(Section section, String key) {
        String name = section.optionalText(key);
        if (name == null) {
            return null;
        }
        try {
            return read(Path.of(name));
        } catch (GeneralSecurityException e) {
            section.problem(key, "there is no certificate in it");
        } catch (IOException | InvalidPathException e) {
            section.problem(key, "cannot be read: " + e.getMessage());
        }
        return null;
    }

    /**
     * Blocks while the file is read.
     *
     * @throws GeneralSecurityException when there is no certificate in it
     */
    public static Authorities read(Path file) throws IOException, GeneralSecurityException {
        byte[] content = Files.readAllBytes(file);
        var found = CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(content));
        if (found.isEmpty()) {
            throw new GeneralSecurityException("no certificate");
        }
        return new Authorities(file, new String(content, StandardCharsets.US_ASCII));
    }

    /** For Vert.x. */
    public TrustOptions trust() {
        return new PemTrustOptions().addCertValue(Buffer.buffer(pem));
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
