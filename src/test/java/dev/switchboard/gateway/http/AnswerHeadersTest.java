package dev.switchboard.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.app.PlatformOptions;
import dev.switchboard.config.ConfigSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswerHeadersTest {
    @TempDir
    Path folder;

    private Map<String, String> read(String headers) throws IOException {
        Files.writeString(folder.resolve("switchboard.yaml"), "server:\n  headers:\n" + headers);
        return ConfigSource.in(folder, Map.of())
                .read(PlatformOptions::from)
                .server()
                .headers()
                .values();
    }

    @Test
    void whatIsNamedIsAddedOrChangedOrTakenAway() throws IOException {
        assertThat(read("    X-Frame-Options: ''\n    X-House: ours\n    Referrer-Policy: no-referrer\n"))
                .containsEntry("X-House", "ours")
                .containsEntry("Referrer-Policy", "no-referrer")
                .containsEntry("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
                .containsKey("Content-Security-Policy")
                .doesNotContainKey("X-Frame-Options");
    }

    @Test
    void whatWouldBreakAnswersIsRefusedByName() {
        String lines = String.join(
                System.lineSeparator(),
                "    Content-Length: 5",
                "    bad name: x",
                "    X-Lines: \"a\\nSet-Cookie: b\"",
                "    x-frame-options: SAMEORIGIN",
                "");
        assertThatThrownBy(() -> read(lines))
                .hasMessageContaining("server.headers.Content-Length: expected the name of a header")
                .hasMessageContaining("server.headers.bad name: expected the name of a header")
                .hasMessageContaining("server.headers.X-Lines: expected printable ASCII characters in one line")
                .hasMessageContaining("server.headers.x-frame-options: is there already, written X-Frame-Options");
    }
}
