package dev.switchboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipe for an operation in CONTRIBUTING.md, put into the files that it names, compiles. */
class RecipeTest {
    private static final Path SOURCES = Path.of("src", "main", "java", "dev", "switchboard");
    private static final Pattern BLOCK = Pattern.compile("(?s)```java\\n(.*?)```");

    @TempDir
    private Path folder;

    @Test
    void theOperationOfTheRecipeCompiles() throws IOException {
        String page = Files.readString(Path.of("CONTRIBUTING.md"));
        String recipe = page.substring(page.indexOf("## Adding an operation"));
        List<String> blocks =
                BLOCK.matcher(recipe).results().map(block -> block.group(1)).toList();
        assertThat(blocks)
                .as("declaration, event, imports, registration, method")
                .hasSize(5);
        List<Path> files = List.of(
                with(
                        "protocol/RoomOperations.java",
                        "    public static final List<Operation<?, ?>> ALL",
                        blocks.get(0)),
                with("protocol/Event.java", "    public static final String MESSAGE_NEW", blocks.get(1)),
                with(
                        "room/Messages.java",
                        "import dev.switchboard.protocol.Operation;",
                        blocks.get(2),
                        "                .on(RoomOperations.READ",
                        blocks.get(3),
                        "    private Future<Sent> send(",
                        blocks.get(4)));

        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter problems = new StringWriter();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled = compiler.getTask(
                            problems,
                            manager,
                            null,
                            List.of("-proc:none", "-cp", classPath(), "-d", folder.toString()),
                            null,
                            manager.getJavaFileObjectsFromPaths(files))
                    .call();
            assertThat(compiled).as(problems.toString()).isTrue();
        }
    }

    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    /** A copy of a file with each text put before its place. */
    private Path with(String name, String... placesAndTexts) throws IOException {
        String source = Files.readString(SOURCES.resolve(name));
        List<String> missing = new ArrayList<>();
        for (int i = 0; i < placesAndTexts.length; i += 2) {
            String place = placesAndTexts[i];
            if (!source.contains(place)) {
                missing.add(place);
            }
            source = source.replace(place, placesAndTexts[i + 1] + place);
        }
        assertThat(missing).as(name).isEmpty();
        Path copy = folder.resolve(name);
        Files.createDirectories(copy.getParent());
        return Files.writeString(copy, source);
    }
}
