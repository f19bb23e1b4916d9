package dev.switchboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documentation points at is there. */
class DocumentationTest {
    private static final Pattern LINK = Pattern.compile("]\\(([^)#:]*)(?:#([^)]*))?\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

    /** A class of ours in code font, perhaps with one of its members: {@code `Room`}, {@code `Bus.call`}. */
    private static final Pattern CODE = Pattern.compile("`([A-Z][a-z][A-Za-z]*)(?:\\.([A-Za-z_]+))?`");

    @Test
    void linksLeadSomewhere() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path page : pages()) {
            for (MatchResult link : matches(LINK, Files.readString(page))) {
                Path target = link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1));
                boolean found = Files.exists(target)
                        && (link.group(2) == null || anchors(target).contains(link.group(2)));
                if (!found) {
                    broken.add(page + ": " + link.group());
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void theArchitectureNamesClassesAndMembersThatExist() throws IOException {
        Map<String, String> sources = sources();
        List<String> unknown = new ArrayList<>();
        for (MatchResult name : matches(CODE, Files.readString(Path.of("docs", "architecture.md")))) {
            String source = sources.get(name.group(1));
            if (source == null || (name.group(2) != null && !source.contains(" " + name.group(2)))) {
                unknown.add(name.group());
            }
        }
        assertThat(unknown).isEmpty();
    }

    @Test
    void everyPackageIsInTheArchitecturesTable() throws IOException {
        Path root = Path.of("src", "main", "java", "dev", "switchboard");
        String page = Files.readString(Path.of("docs", "architecture.md"));
        try (Stream<Path> files = Files.walk(root)) {
            assertThat(files.filter(file -> file.endsWith("package-info.java"))
                            .map(file -> root.relativize(file.getParent()).toString())
                            .map(name -> name.replace(java.io.File.separatorChar, '.'))
                            .filter(name -> !name.isEmpty()))
                    .isNotEmpty()
                    .allSatisfy(name -> assertThat(page).contains("\n| `" + name + "` | "));
        }
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> root = Files.list(Path.of(""));
                Stream<Path> docs = Files.walk(Path.of("docs"))) {
            return Stream.concat(root, docs)
                    .filter(path -> path.toString().endsWith(".md"))
                    .toList();
        }
    }

    /** The fragments of a page's headings, as GitHub makes them. */
    private static Set<String> anchors(Path page) throws IOException {
        return matches(HEADING, Files.readString(page)).stream()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    /** Every class, with the text of its file. */
    private static Map<String, String> sources() throws IOException {
        Map<String, String> sources = new HashMap<>();
        for (String folder : List.of("main", "test")) {
            try (Stream<Path> files = Files.walk(Path.of("src", folder, "java"))) {
                for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                    sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
                }
            }
        }
        return sources;
    }

    private static List<MatchResult> matches(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.results().toList();
    }
}
