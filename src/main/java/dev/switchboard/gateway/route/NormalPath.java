package dev.switchboard.gateway.route;

import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import java.io.ByteArrayOutputStream;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Pattern;

/**
 * The one form of a path: what is matched is what is forwarded (CVE-2021-29492, CVE-2021-43557). Two spellings that a
 * service may take for the same path become one, or are refused.
 *
 * <ul>
 *   <li>Escaped letters, digits, {@code - . _ ~} become plain; other escapes get upper-case digits (RFC 3986 §6.2.2).
 *   <li>{@code .} and {@code ..} segments are resolved, runs of slashes merged; a slash at the end stays.
 *   <li>Bytes that a path may not hold as they are become escapes. All bytes together must be UTF-8.
 *   <li>Refused: what leads above the root; escaped slashes, backslashes and control characters, and a backslash as it is;
 *       {@code ;}, since some servers cut a segment there; an escape of an escape that a second decoding would turn into any
 *       of these.
 * </ul>
 *
 * @param text beginning with a slash, without the query
 */
public record NormalPath(String text) {
    private static final int HEX = 16;
    private static final int ESCAPE = 3;
    private static final int DELETE = 0x7F;
    private static final int LATIN_1 = 0xFF;

    private static final String UNRESERVED = "-._~";
    /** Allowed in a segment as they are (RFC 3986 §3.3); {@code ;} is left out on purpose. */
    private static final String RESERVED = "!$&'()*+,=:@";

    private static final Pattern ABSOLUTE = Pattern.compile("(?i)https?://[^/?#]+");
    private static final Pattern ESCAPED_TWICE = Pattern.compile("%25(2[5EFef]|5[Cc]|[01][0-9A-Fa-f]|7[Ff])");

    /**
     * The path of a request.
     *
     * @param target as it stands in the request line: in origin-form, or in absolute-form, whose authority is left out (RFC
     *     9112 §3.2)
     * @throws FaultException {@code bad_request} for a path that cannot be normalised safely
     */
    public static NormalPath of(String target) {
        String path = path(target);
        return new NormalPath(isNormal(path) ? path : resolved(escaped(path)));
    }

    private static String path(String target) {
        String path = target;
        if (!path.startsWith("/")) {
            var absolute = ABSOLUTE.matcher(path);
            if (!absolute.lookingAt()) {
                throw Fault.BAD_REQUEST.because("The address is no path.");
            }
            path = path.substring(absolute.end());
        }
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '?' || c == '#') {
                return i == 0 ? "/" : path.substring(0, i);
            }
        }
        return path.isEmpty() ? "/" : path;
    }

    /** Whether nothing is to be done, which is so for nearly all requests. A segment that begins with a dot is looked at. */
    private static boolean isNormal(String path) {
        char before = 0;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (before == '/' ? c == '/' || c == '.' || !isPlain(c) : c != '/' && !isPlain(c)) {
                return false;
            }
            before = c;
        }
        return true;
    }

    private static boolean isUnreserved(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || UNRESERVED.indexOf(c) >= 0;
    }

    private static boolean isPlain(int c) {
        return isUnreserved(c) || RESERVED.indexOf(c) >= 0;
    }

    /** The same with each byte either as it is or as an escape, in one way only. */
    private static String escaped(String path) {
        StringBuilder text = new StringBuilder(path.length() + ESCAPE);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '/' || isPlain(c)) {
                text.append(c);
                bytes.write(c);
            } else if (c == '%') {
                int octet = octet(path, i);
                i += ESCAPE - 1;
                if (octet == '/') {
                    throw unsafe();
                }
                append(text, octet, isUnreserved(octet));
                bytes.write(octet);
            } else {
                // Vert.x gives bytes as the characters of Latin-1.
                if (c > LATIN_1 || c == ';' || c == ' ') {
                    throw unsafe();
                }
                append(text, c, false);
                bytes.write(c);
            }
        }
        checkUtf8(bytes.toByteArray());
        if (ESCAPED_TWICE.matcher(text).find()) {
            throw unsafe();
        }
        return text.toString();
    }

    private static int octet(String path, int at) {
        if (at + ESCAPE > path.length()) {
            throw Fault.BAD_REQUEST.because("The address has a malformed escape.");
        }
        int high = Character.digit(path.charAt(at + 1), HEX);
        int low = Character.digit(path.charAt(at + 2), HEX);
        if (high < 0 || low < 0 || path.charAt(at + 1) > DELETE || path.charAt(at + 2) > DELETE) {
            throw Fault.BAD_REQUEST.because("The address has a malformed escape.");
        }
        return high * HEX + low;
    }

    private static void append(StringBuilder text, int octet, boolean plain) {
        if (octet < ' ' || octet == DELETE || octet == '\\') {
            throw unsafe();
        }
        if (plain) {
            text.append((char) octet);
        } else {
            text.append('%').append(digit(octet / HEX)).append(digit(octet % HEX));
        }
    }

    private static char digit(int value) {
        return Character.toUpperCase(Character.forDigit(value, HEX));
    }

    private static void checkUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        } catch (CharacterCodingException e) {
            throw Fault.BAD_REQUEST.because("The address must be UTF-8.");
        }
    }

    private static String resolved(String path) {
        Deque<String> segments = new ArrayDeque<>();
        String[] given = path.split("/", -1);
        for (String segment : given) {
            if (segment.equals("..")) {
                if (segments.pollLast() == null) {
                    throw unsafe();
                }
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                segments.addLast(segment);
            }
        }
        String last = given[given.length - 1];
        boolean folder = last.isEmpty() || last.equals(".") || last.equals("..");
        return "/" + String.join("/", segments) + (folder && !segments.isEmpty() ? "/" : "");
    }

    private static FaultException unsafe() {
        return Fault.BAD_REQUEST.because("The address is ambiguous.");
    }

    /** A segment of a normal path with its escapes decoded; a plus is a plus. */
    public static String decoded(String segment) {
        return segment.indexOf('%') < 0
                ? segment
                : URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
