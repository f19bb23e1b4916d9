package dev.switchboard.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One answer of {@code GET /metrics}, read strictly by the rules of Prometheus's text format 0.0.4: each sample belongs to a
 * family whose HELP and TYPE came before it, once.
 */
public final class Scrape {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL =
            Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\[\\\\\"n])*)\"(?:,|$)");
    private static final Pattern META = Pattern.compile("# (HELP|TYPE) (\\S+) (.+)");
    private static final List<String> PARTS = List.of("_bucket", "_sum", "_count");

    private final Map<String, Family> families = new LinkedHashMap<>();

    /** What belongs to one name. */
    public record Family(String name, String help, String type, List<Sample> samples) {}

    public record Sample(String name, Map<String, String> labels, double value) {}

    private Scrape() {}

    /** Asks a node. */
    public static Scrape of(URI door) {
        try {
            HttpResponse<String> answer = HTTP.send(
                    HttpRequest.newBuilder(door.resolve("/metrics")).build(), HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new AssertionError("GET /metrics: " + answer.statusCode() + " " + answer.body());
            }
            return parse(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** @throws AssertionError for what Prometheus would not take */
    public static Scrape parse(String text) {
        if (!text.endsWith("\n")) {
            throw new AssertionError("the last line has no end");
        }
        Scrape scrape = new Scrape();
        Map<String, String> helps = new LinkedHashMap<>();
        for (String line : (Iterable<String>) text.lines()::iterator) {
            Matcher meta = META.matcher(line);
            if (meta.matches() && meta.group(1).equals("HELP")) {
                unique(helps.put(meta.group(2), meta.group(3)), line);
            } else if (meta.matches()) {
                String name = meta.group(2);
                String help = helps.get(name);
                if (help == null) {
                    throw new AssertionError("no HELP before " + line);
                }
                unique(scrape.families.put(name, new Family(name, help, meta.group(3), new ArrayList<>())), line);
            } else {
                scrape.add(line);
            }
        }
        return scrape;
    }

    private static void unique(Object before, String line) {
        if (before != null) {
            throw new AssertionError("twice: " + line);
        }
    }

    private void add(String line) {
        Matcher sample = SAMPLE.matcher(line);
        if (!sample.matches()) {
            throw new AssertionError("no sample: " + line);
        }
        String name = sample.group(1);
        Map<String, String> labels = labels(sample.group(2), line);
        Family family = family(name);
        if (family == null) {
            throw new AssertionError("no TYPE before " + line);
        }
        if (family.samples().stream()
                .anyMatch(s -> s.name().equals(name) && s.labels().equals(labels))) {
            throw new AssertionError("twice: " + line);
        }
        family.samples().add(new Sample(name, labels, value(sample.group(3))));
    }

    private static double value(String text) {
        return switch (text) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }

    private Family family(String sample) {
        Family family = families.get(sample);
        for (String part : PARTS) {
            if (family == null && sample.endsWith(part)) {
                Family whole = families.get(sample.substring(0, sample.length() - part.length()));
                boolean parted = whole != null
                        && (whole.type().equals("histogram") || whole.type().equals("summary"));
                family = parted ? whole : null;
            }
        }
        return family;
    }

    private static Map<String, String> labels(String text, String line) {
        Map<String, String> labels = new TreeMap<>();
        if (text == null) {
            return labels;
        }
        Matcher label = LABEL.matcher(text);
        int end = 0;
        while (end < text.length() && label.find(end) && label.start() == end) {
            labels.put(label.group(1), label.group(2));
            end = label.end();
        }
        if (end < text.length()) {
            throw new AssertionError("bad labels: " + line);
        }
        return labels;
    }

    /** Every family by its name. */
    public Map<String, Family> families() {
        return families;
    }

    /** Every sample. */
    public List<Sample> samples() {
        return families.values().stream()
                .flatMap(family -> family.samples().stream())
                .toList();
    }

    /** The sum over all samples of this name that have these labels, given in pairs; 0 when there is none. */
    public double sum(String name, String... labels) {
        Map<String, String> wanted = new TreeMap<>();
        for (int i = 0; i < labels.length; i += 2) {
            wanted.put(labels[i], labels[i + 1]);
        }
        return samples().stream()
                .filter(s -> s.name().equals(name) && s.labels().entrySet().containsAll(wanted.entrySet()))
                .mapToDouble(Sample::value)
                .sum();
    }
}
