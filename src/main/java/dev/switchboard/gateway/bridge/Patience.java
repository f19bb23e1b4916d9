package dev.switchboard.gateway.bridge;

import dev.switchboard.protocol.Fault;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;

/** Waits for answers, but not for ever. Used on one event loop. */
final class Patience {
    private final Vertx vertx;
    private final long millis;

    Patience(Vertx vertx, long millis) {
        this.vertx = vertx;
        this.millis = millis;
    }

    /**
     * The answer, or {@code timeout} when it takes too long.
     *
     * @param tooLate runs when the answer comes all the same
     */
    <T> Future<T> with(Future<T> answer, Runnable tooLate) {
        if (answer.isComplete()) {
            return answer;
        }
        Promise<T> patient = Promise.promise();
        long timer = vertx.setTimer(
                millis, t -> patient.tryFail(Fault.TIMEOUT.because("The conversation did not answer in time.")));
        answer.onComplete(done -> {
            vertx.cancelTimer(timer);
            boolean inTime = done.succeeded() ? patient.tryComplete(done.result()) : patient.tryFail(done.cause());
            if (!inTime && done.succeeded()) {
                tooLate.run();
            }
        });
        return patient.future();
    }
}
