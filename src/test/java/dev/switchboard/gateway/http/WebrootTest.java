package dev.switchboard.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebrootTest {
    @TempDir
    Path folder;

    @Test
    void aFolderAndAJarHoldTheSamePage() throws Exception {
        Webroot inFolder = Webroot.load(WebrootTest.class.getClassLoader(), "page");
        Path jar = folder.resolve("with a space.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                var entries = new JarOutputStream(out)) {
            // Without entries for the folders, as some tools write jars.
            for (String name :
                    new String[] {"page/index.html", "page/assets/app.js", "page/.secret/key.txt", "x.txt"}) {
                entries.putNextEntry(new JarEntry(name));
                entries.write(name.getBytes(StandardCharsets.UTF_8));
            }
        }
        try (var loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
            assertThat(Webroot.load(loader, "page").paths())
                    .containsExactlyInAnyOrder("/", "/index.html", "/assets/app.js")
                    .isEqualTo(inFolder.paths());
        }
    }

    @Test
    void aMissingPageIsAMistakeOfTheBuild() {
        assertThatThrownBy(() -> Webroot.load(WebrootTest.class.getClassLoader(), "no-such-page"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no-such-page/index.html");
    }
}
