package dev.switchboard.gateway.upstream;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** An attempt of a {@link Service}: tells its track record what came of it, once, and gives back its room, once. */
final class RunningAttempt implements Attempt {
    private enum Stage {
        ASKED,
        /** The head of the answer was judged. */
        ANSWERING,
        OVER
    }

    private final Service service;
    private final Place place;
    private final long round;
    private final AtomicInteger[] counted;
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.ASKED);

    /**
     * @param round of the circuit
     * @param counted what goes down by one when the attempt is over
     */
    RunningAttempt(Service service, Place place, long round, AtomicInteger... counted) {
        this.service = service;
        this.place = place;
        this.round = round;
        this.counted = counted;
    }

    @Override
    public Address address() {
        return place.address();
    }

    @Override
    public void answering(int status) {
        if (stage.compareAndSet(Stage.ASKED, Stage.ANSWERING)) {
            service.record().answered(service.options(), place, round, status);
        }
    }

    @Override
    public void answered(int status) {
        answering(status);
        if (end() == Stage.ANSWERING) {
            service.record().completed(service.options(), place);
        }
    }

    @Override
    public void failed(Failure why) {
        Stage before = end();
        if (before == Stage.ASKED) {
            service.record().failed(service.options(), place, round, why);
        } else if (before == Stage.ANSWERING) {
            service.record().brokeOff(service.options(), place);
        }
    }

    @Override
    public void cancelled() {
        Stage before = end();
        if (before == Stage.ASKED) {
            service.record().cancelled(service.options(), round);
        } else if (before == Stage.ANSWERING) {
            service.record().completed(service.options(), place);
        }
    }

    /** @return how far it had come */
    private Stage end() {
        Stage before = stage.getAndSet(Stage.OVER);
        if (before != Stage.OVER) {
            for (AtomicInteger count : counted) {
                count.decrementAndGet();
            }
        }
        return before;
    }
}
