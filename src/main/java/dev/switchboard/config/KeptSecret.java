package dev.switchboard.config;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;

/** A random secret in a file that only the owner can read, made by the first who asks and found by all others. */
public final class KeptSecret {
    private static final int BYTES = 48;

    private KeptSecret() {}

    /**
     * Reads the secret, or makes one of 64 characters of the URL-safe Base64 alphabet (384 random bits). Processes that
     * ask at the same time get the same one.
     */
    public static Secret in(Path file) throws IOException {
        if (!Files.exists(file)) {
            create(file);
        }
        return new Secret(Files.readString(file).strip());
    }

    private static void create(Path file) throws IOException {
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        Path folder = Files.createDirectories(file.toAbsolutePath().getParent());
        // createTempFile gives mode 0600. A hard link appears whole or not at all and never replaces another's secret.
        Path draft = Files.createTempFile(folder, "." + file.getFileName(), ".tmp");
        try {
            Files.writeString(draft, Base64.getUrlEncoder().withoutPadding().encodeToString(random) + "\n");
            Files.createLink(file, draft);
        } catch (FileAlreadyExistsException e) {
            // Another process was first; its secret is the one.
        } finally {
            Files.delete(draft);
        }
    }
}
