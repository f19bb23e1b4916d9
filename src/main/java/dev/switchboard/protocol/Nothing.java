package dev.switchboard.protocol;

/** The reply of an operation that has nothing to say but that it was done. On the wire: {@code {}}. */
public record Nothing() {
    public static final Nothing NOTHING = new Nothing();
}
