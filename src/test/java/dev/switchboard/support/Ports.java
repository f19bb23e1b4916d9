package dev.switchboard.support;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports for what a test starts. A program needs seconds to get to its port; until then the system must not give it to
 * somebody else who wants just any. So all of them lie below those that it gives away (from 32768 on, where Linux is not
 * told otherwise), and none is named twice for a long time. Other builds on this machine begin elsewhere.
 */
public final class Ports {
    private static final int FIRST = 31_100;
    private static final int COUNT = 32_768 - FIRST;
    private static final AtomicInteger NEXT = beginning(COUNT);

    /** The members of a cluster look for each other on ten ports. */
    private static final int CLUSTER = 10;

    private static final int FIRST_CLUSTER = 10_000;
    private static final int CLUSTERS = (FIRST - FIRST_CLUSTER) / CLUSTER;
    private static final AtomicInteger NEXT_CLUSTER = beginning(CLUSTERS);

    private Ports() {}

    private static AtomicInteger beginning(int count) {
        return new AtomicInteger(ThreadLocalRandom.current().nextInt(count));
    }

    /** One that nobody listens on at the moment. */
    public static int free() {
        return free(NEXT, FIRST, COUNT, 1);
    }

    /** The first of ten for a cluster, on which no other one is. */
    public static int cluster() {
        return free(NEXT_CLUSTER, FIRST_CLUSTER, CLUSTERS, CLUSTER);
    }

    private static int free(AtomicInteger next, int first, int count, int step) {
        for (int tries = 0; tries < count; tries++) {
            int port = first + step * Math.floorMod(next.getAndIncrement(), count);
            try (ServerSocket socket = new ServerSocket(port)) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                // The next one, then.
            }
        }
        throw new IllegalStateException("no port is free");
    }
}
