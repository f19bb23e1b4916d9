package dev.switchboard.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the figures were measured on and with. */
final class Machine {
    private static final double KIB_PER_GIB = 1 << 20;
    private static final Pattern VERSION = Pattern.compile("\"version\"\\s*:\\s*\"([^\"]+)\"");

    private Machine() {}

    /** Processor, cores, memory, system. */
    static String description() {
        return String.format(
                Locale.ROOT,
                "%s, %d cores, %.0f GiB, Linux %s",
                processor(),
                cores(),
                ProcFs.kib(Path.of("/proc/meminfo"), "MemTotal:") / KIB_PER_GIB,
                System.getProperty("os.version"));
    }

    private static String processor() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of the machine, not only of the ones that this process was given. */
    private static long cores() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("processor")).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The version of a library that is on the class path. */
    static String library(String group, String name) {
        String path = "META-INF/maven/" + group + "/" + name + "/pom.properties";
        try (InputStream in = Machine.class.getClassLoader().getResourceAsStream(path)) {
            Properties properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            return properties.getProperty("version", "(unknown version)");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The version that a package.json tells. */
    static String npmPackage(Path folder) {
        try {
            Matcher version = VERSION.matcher(Files.readString(folder.resolve("package.json")));
            return version.find() ? version.group(1) : "(unknown version)";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first line that a program prints, or {@code otherwise} when it fails. */
    static String firstLine(String otherwise, String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            boolean good = process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
            return good && !output.isEmpty() ? output.lines().findFirst().orElse(otherwise) : otherwise;
        } catch (IOException e) {
            return otherwise;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return otherwise;
        }
    }
}
