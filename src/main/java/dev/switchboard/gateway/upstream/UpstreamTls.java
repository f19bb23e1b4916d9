package dev.switchboard.gateway.upstream;

import dev.switchboard.config.Section;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import org.jspecify.annotations.Nullable;

/**
 * Whom a service's addresses with TLS must have their certificate from.
 *
 * @param ca a PEM file with the certificates of the authorities; those that the Java runtime trusts count no more
 */
public record UpstreamTls(String ca) {
    /** Null when the section names no file. The file is looked into. */
    static @Nullable UpstreamTls from(Section section) {
        String ca = section.optionalText("ca");
        if (ca == null) {
            return null;
        }
        try (InputStream in = Files.newInputStream(Path.of(ca))) {
            if (CertificateFactory.getInstance("X.509").generateCertificates(in).isEmpty()) {
                section.problem("ca", "there is no certificate in it");
            }
        } catch (IOException | GeneralSecurityException | InvalidPathException e) {
            section.problem("ca", "cannot be read: " + e.getMessage());
        }
        return new UpstreamTls(ca);
    }

    /** For Vert.x. */
    public TrustOptions trust() {
        return new PemTrustOptions().addCertPath(ca);
    }
}
