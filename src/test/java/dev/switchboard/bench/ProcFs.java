package dev.switchboard.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What the kernel says about processes (proc(5)). */
final class ProcFs {
    private static final Path PROC = Path.of("/proc");

    /** USER_HZ: a hundredth of a second on every Linux that the JDK runs on. */
    private static final double TICKS_PER_SECOND = 100;

    private static final int PARENT = 1;
    private static final int USER_TICKS = 11;
    private static final int SYSTEM_TICKS = 12;
    private static final double KIB = 1024;

    private ProcFs() {}

    /** Seconds of CPU that a process has used, all its threads together; those that ended count. */
    static double cpuSeconds(long pid) {
        List<String> fields = stat(PROC.resolve(Long.toString(pid)));
        return (Long.parseLong(fields.get(USER_TICKS)) + Long.parseLong(fields.get(SYSTEM_TICKS))) / TICKS_PER_SECOND;
    }

    /** The same for a process and its children. */
    static double cpuSecondsWithChildren(long pid) {
        double seconds = cpuSeconds(pid);
        try (Stream<Path> all = Files.list(PROC)) {
            for (Path process :
                    all.filter(p -> p.getFileName().toString().matches("\\d+")).toList()) {
                seconds += cpuSecondsOfChild(process, pid);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return seconds;
    }

    private static double cpuSecondsOfChild(Path process, long parent) {
        try {
            List<String> fields = stat(process);
            return Long.parseLong(fields.get(PARENT)) == parent
                    ? (Long.parseLong(fields.get(USER_TICKS)) + Long.parseLong(fields.get(SYSTEM_TICKS)))
                            / TICKS_PER_SECOND
                    : 0;
        } catch (UncheckedIOException e) {
            return 0; // it ended while we looked
        }
    }

    /** Bytes of memory that a process has resident. */
    static double residentBytes(long pid) {
        return kib(PROC.resolve(pid + "/status"), "VmRSS:") * KIB;
    }

    /** The number in KiB that follows a word at the beginning of a line. */
    static double kib(Path file, String word) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(word))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The fields of stat after the name in brackets, which may hold spaces: the state is the first. */
    private static List<String> stat(Path process) {
        try {
            String line = Files.readString(process.resolve("stat"));
            return List.of(line.substring(line.lastIndexOf(')') + 2).strip().split(" "));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
