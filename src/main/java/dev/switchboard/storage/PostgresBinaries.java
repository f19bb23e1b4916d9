package dev.switchboard.storage;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tukaani.xz.XZInputStream;

/** Unpacks the PostgreSQL programs for this machine out of zonky's archives on the class path, once for each version. */
final class PostgresBinaries {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresBinaries.class);
    private static final int OWNER_EXECUTE = 0100;

    private PostgresBinaries() {}

    /** The folder with {@code bin} and {@code lib} under {@code parent}. One process at a time may ask. */
    static Path unpack(Path parent) throws IOException {
        URL archive = archive();
        // The size tells versions apart without reading 15 MB at each start.
        String size = Long.toHexString(archive.openConnection().getContentLengthLong());
        Path home = parent.resolve("postgresql-" + size);
        if (Files.isDirectory(home)) {
            return home;
        }
        LOG.info("Unpacking PostgreSQL to {}", home);
        Path draft = Files.createTempDirectory(parent, ".unpack");
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(archive.openStream())))) {
            extract(tar, draft);
        }
        // Whole or not at all: who dies in the middle leaves no half of it under the final name.
        return Files.move(draft, home, StandardCopyOption.ATOMIC_MOVE);
    }

    private static URL archive() throws IOException {
        String name = System.getProperty("os.name", "");
        String os = name.startsWith("Windows") ? "windows" : name.startsWith("Mac") ? "darwin" : "linux";
        String arch = System.getProperty("os.arch", "");
        String cpu = arch.equals("aarch64") ? "arm_64" : arch.equals("amd64") ? "x86_64" : arch;
        String libc = Files.exists(Path.of("/etc/alpine-release")) ? "-alpine_linux" : "";
        URL archive = resource("postgres-" + os + "-" + cpu + libc + ".txz");
        if (archive == null && !os.equals("linux")) {
            archive = resource("postgres-" + os + "-x86_64.txz"); // macOS and Windows run it on ARM too
        }
        if (archive == null) {
            throw new IOException("there is no embedded PostgreSQL for " + os + " on " + arch);
        }
        return archive;
    }

    private static @Nullable URL resource(String name) {
        return PostgresBinaries.class.getClassLoader().getResource(name);
    }

    private static void extract(TarArchiveInputStream tar, Path target) throws IOException {
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            Path path = target.resolve(entry.getName()).normalize();
            if (!path.startsWith(target)) {
                throw new IOException("the archive leaves its folder: " + entry.getName());
            }
            if (entry.isDirectory()) {
                Files.createDirectories(path);
                continue;
            }
            Files.createDirectories(path.getParent());
            if (entry.isSymbolicLink()) {
                Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
            } else {
                Files.copy(tar, path);
                if ((entry.getMode() & OWNER_EXECUTE) != 0 && !path.toFile().setExecutable(true)) {
                    throw new IOException("cannot make " + path + " executable");
                }
            }
        }
    }
}
