package dev.switchboard.bench;

import java.util.ArrayList;
import java.util.List;

/** A server that is measured: how it is started and how its clients speak. */
interface Target {
    /** The same for every JVM. One core means the serial collector anyway. */
    List<String> JVM_FLAGS = List.of("-Xmx2g", "-XX:+UseSerialGC");

    /** For every JVM whose memory is measured: what it begins with shall not hide what it needs. */
    List<String> SMALL_HEAP = List.of("-Xms64m");

    /** One word, for files and options. */
    String id();

    /** As people call it, with the version. */
    String title();

    /** Deliveries per second that the search begins with: easy for it. */
    int easyRate();

    /** How often the search for its highest rate halves the gap. */
    default int refinements() {
        return 4;
    }

    /**
     * Starts it on the core given.
     *
     * @param flags more flags for its JVM, if it has one
     */
    ServerProcess start(int core, List<String> flags);

    /** The clients of a layout, ready to be connected. Users and rooms are made where the server wants them. */
    Protocol clients(Layout layout);

    /** Makes the server collect its garbage. */
    void collectGarbage(ServerProcess server);

    /** Seconds of CPU that a database has used for it so far, outside the server; 0 without one. */
    default double databaseCpuSeconds() {
        return 0;
    }

    /** Whether it stores messages and says so. */
    default boolean durable() {
        return false;
    }

    /**
     * A JVM of the kind that this one is, with {@link #JVM_FLAGS}.
     *
     * @param flags more of them
     */
    static List<String> java(List<String> flags, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(JVM_FLAGS);
        command.addAll(flags);
        command.addAll(List.of(arguments));
        return command;
    }
}
