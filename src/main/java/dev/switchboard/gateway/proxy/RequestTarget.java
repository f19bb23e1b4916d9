package dev.switchboard.gateway.proxy;

/** The target that a service is asked for, always in origin form (RFC 9112 §3.2.1). */
public final class RequestTarget {
    private static final int LATIN_1 = 0xFF;

    private RequestTarget() {}

    /**
     * A path with the query of another target.
     *
     * @param path as it goes to the service
     * @param received the target as the client sent it, in any form; its path does not matter. A fragment is dropped, and
     *     what has no place in a query is escaped, byte by byte
     */
    public static String of(String path, String received) {
        int fragment = received.indexOf('#');
        int end = fragment < 0 ? received.length() : fragment;
        int question = received.indexOf('?');
        if (question < 0 || question >= end) {
            return path;
        }
        StringBuilder target = new StringBuilder(path.length() + end - question).append(path);
        for (int i = question; i < end; i++) {
            char c = received.charAt(i);
            if (c > ' ' && c <= '~') {
                target.append(c);
            } else {
                int octet = c & LATIN_1;
                target.append('%').append(digit(octet >> 4)).append(digit(octet & 0xF));
            }
        }
        return target.toString();
    }

    private static char digit(int value) {
        return Character.toUpperCase(Character.forDigit(value, 16));
    }
}
