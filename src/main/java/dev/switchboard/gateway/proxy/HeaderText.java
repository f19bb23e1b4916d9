package dev.switchboard.gateway.proxy;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Any text as the value of a header: visible ASCII and single spaces as they are, everything else, and the percent sign,
 * as {@code %XX} of its UTF-8 (RFC 3986 §2.1), so that no name can end a header or be read as another one.
 */
final class HeaderText {
    private HeaderText() {}

    static String of(String text) {
        if (isPlain(text)) {
            return text;
        }
        StringBuilder encoded = new StringBuilder(text.length() + 16);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            char c = (char) (bytes[i] & 0xFF);
            boolean edge = i == 0 || i == bytes.length - 1;
            if (isPlain(c) && !(c == ' ' && edge)) {
                encoded.append(c);
            } else {
                encoded.append(String.format(Locale.ROOT, "%%%02X", (int) c));
            }
        }
        return encoded.toString();
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isPlain(text.charAt(i))) {
                return false;
            }
        }
        return !text.startsWith(" ") && !text.endsWith(" ");
    }

    private static boolean isPlain(char c) {
        return c >= ' ' && c <= '~' && c != '%';
    }
}
