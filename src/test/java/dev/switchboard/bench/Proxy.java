package dev.switchboard.bench;

import java.net.InetSocketAddress;

/**
 * What is measured in front of a service: how it is started.
 *
 * @param id one word, for files and options
 * @param title as people call it, with the version
 * @param warmUpSeconds under full load until it is as fast as it will be
 * @param starter starts it
 */
record Proxy(String id, String title, double warmUpSeconds, Starter starter) {
    /** Starts a proxy on the core given, in front of {@code service}. */
    interface Starter {
        ServerProcess start(int core, InetSocketAddress service);
    }
}
