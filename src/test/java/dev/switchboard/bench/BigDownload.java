package dev.switchboard.bench;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * A long answer that streams through the gateway.
 *
 * @param growthBytes of the gateway's memory while it passed, at the most
 */
record BigDownload(double seconds, double growthBytes) {
    /** 1 GB, and not one byte of it on the disk. */
    static final long BYTES = 1_000_000_000;

    static final String PATH = "/files/big";

    private static final int LONGEST_SECONDS = 120;
    private static final double WARM_UP_SECONDS = 2;

    /** Makes the file where nginx looks for it. */
    static void prepare(Path workDir) {
        try {
            Path file = workDir.resolve(PATH.substring(1));
            Files.createDirectories(file.getParent());
            try (RandomAccessFile big = new RandomAccessFile(file.toFile(), "rw")) {
                big.setLength(BYTES);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param easy short requests to wake the gateway up with */
    static BigDownload measure(ServerProcess gateway, Loop loop, String easy, String big) {
        try (HttpLoad load = new HttpLoad(loop, gateway.address(), ProxyFigures.CONNECTIONS, List.of(easy))) {
            load.press(WARM_UP_SECONDS);
            load.stop();
        }
        try (HttpLoad load = new HttpLoad(loop, gateway.address(), 1, List.of(big))) {
            double before = gateway.residentBytes();
            double[] most = {before};
            long began = System.nanoTime();
            load.once();
            boolean whole = Waiting.until(LONGEST_SECONDS, () -> {
                most[0] = Math.max(most[0], gateway.residentBytes());
                return load.answers() == 1;
            });
            if (!whole) {
                throw new IllegalStateException("it did not come whole within " + LONGEST_SECONDS + " s");
            }
            double took = (System.nanoTime() - began) / (double) TimeUnit.SECONDS.toNanos(1);
            return new BigDownload(took, most[0] - before);
        }
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "1 GB in %.1f s, resident memory grew by %.1f MB", seconds, growthBytes / 1_000_000);
    }
}
