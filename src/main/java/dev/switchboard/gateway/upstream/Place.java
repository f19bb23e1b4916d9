package dev.switchboard.gateway.upstream;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** An address of an upstream, and what this node has under way there. Outlives changes of the upstream's settings. */
final class Place {
    private final Address address;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger sockets = new AtomicInteger();
    private final AtomicLong ejections = new AtomicLong();

    /** Written by the one who checks alone. */
    private volatile Checkup checkup = Checkup.NONE;

    private volatile boolean heard;

    Place(Address address) {
        this.address = address;
    }

    Address address() {
        return address;
    }

    AtomicInteger requests() {
        return requests;
    }

    AtomicInteger sockets() {
        return sockets;
    }

    AtomicLong ejections() {
        return ejections;
    }

    Checkup checkup() {
        return checkup;
    }

    void checkup(Checkup now) {
        checkup = now;
    }

    boolean failing() {
        return checkup.verdict() == Checkup.Verdict.FAILING;
    }

    /** A good answer came. */
    void answeredWell() {
        if (!heard) {
            heard = true;
        }
    }

    boolean known() {
        return heard || checkup.verdict() == Checkup.Verdict.PASSING;
    }
}
