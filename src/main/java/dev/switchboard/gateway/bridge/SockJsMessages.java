package dev.switchboard.gateway.bridge;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What a SockJS client puts into one WebSocket message: {@code ["…","…"]}, one {@code "…"}, or nothing. */
final class SockJsMessages {
    private static final JsonFactory FACTORY = new JsonFactory();

    private SockJsMessages() {}

    /**
     * Takes the messages out.
     *
     * @throws IOException when the frame is anything else; SockJS closes the connection then
     */
    static List<String> decode(String frame) throws IOException {
        if (frame.isEmpty()) {
            return List.of();
        }
        try (JsonParser parser = FACTORY.createParser(frame)) {
            List<String> messages = new ArrayList<>(1);
            JsonToken token = parser.nextToken();
            if (token == JsonToken.VALUE_STRING) {
                messages.add(parser.getText());
            } else if (token == JsonToken.START_ARRAY) {
                while ((token = parser.nextToken()) == JsonToken.VALUE_STRING) {
                    messages.add(parser.getText());
                }
                if (token != JsonToken.END_ARRAY) {
                    throw new IOException("not an array of texts");
                }
            } else {
                throw new IOException("neither a text nor an array of texts");
            }
            if (parser.nextToken() != null) {
                throw new IOException("something follows the array");
            }
            return messages;
        }
    }
}
