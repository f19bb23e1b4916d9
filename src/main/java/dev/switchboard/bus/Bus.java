package dev.switchboard.bus;

import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.Operation;
import dev.switchboard.protocol.Part;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Requests to whoever owns a key, and deliveries to nodes.
 *
 * <p>Every address names one shard of one part on one node, so an address never has more than one consumer. That bounds
 * the cluster-wide registrations, and makes Vert.x's uneven and stale round robin unreachable. A request is sent again,
 * to whoever owns the key by then, while the owner moves or does not answer: so every operation must be safe to repeat.
 * An owner that is there and does not answer is asked once more, not over and over: it may be slow.
 */
public final class Bus {
    /** How long one try may take: a dead node never answers, so this also bounds how long its callers wait for it. */
    private static final Duration TRY = Duration.ofSeconds(3);

    /** How long a request may take that is made within another one. */
    private static final Duration FORWARD = Duration.ofSeconds(2);

    /** How long a request may take with all its tries; longer than it takes to notice a frozen node. */
    private static final Duration DEADLINE = Duration.ofSeconds(14);

    /** Bytes of deliveries that may wait for the connection to one node. */
    private static final long MAX_OUTSTANDING = 64L << 20;

    /** Requests of this node that may wait for the answers of another one; notices are among them. */
    private static final int MAX_WAITING = 50_000;

    private static final int FIRST_PAUSE_MS = 20;
    private static final int LONGEST_PAUSE_MS = 500;

    private final Vertx vertx;
    private final EventBus eventBus;
    private final Ownership ownership;
    /** How to end the requests that wait for each node, from any thread. */
    private final Map<String, Set<Runnable>> waitingFor = new ConcurrentHashMap<>();

    private final Map<String, Outstanding> outstanding = new ConcurrentHashMap<>();
    private final LongAdder dropped = new LongAdder();

    public Bus(Vertx vertx, Ownership ownership) {
        this.vertx = vertx;
        this.eventBus = vertx.eventBus();
        this.ownership = ownership;
        ownership.onNodeLost(this::nodeLost);
        eventBus.registerDefaultCodec(Envelope.class, RecordCodec.ENVELOPE);
        eventBus.registerDefaultCodec(Answer.class, RecordCodec.ANSWER);
        eventBus.registerDefaultCodec(Delivery.class, RecordCodec.DELIVERY);
    }

    public Ownership ownership() {
        return ownership;
    }

    /**
     * Asks the owner of the request's key.
     *
     * @return the reply, or a {@link FaultException}; never {@code moved}
     */
    public <Q extends Record, R extends Record> Future<R> call(Operation<Q, R> operation, Caller caller, Q request) {
        String key;
        try {
            key = operation.keyOf(caller, request);
        } catch (FaultException e) {
            return Future.failedFuture(e);
        }
        return call(operation, caller, request, key);
    }

    /** Like {@link #call(Operation, Caller, Record)} for a key that the request does not name itself. */
    public <Q extends Record, R extends Record> Future<R> call(
            Operation<Q, R> operation, Caller caller, Q request, String key) {
        return new Attempts<>(operation, caller, request, key, DEADLINE, Bus::presentable).begin();
    }

    /** Asks a shard that the caller chose, once: what is said there must be repeated by the caller when it fails. */
    public <Q extends Record, R extends Record> Future<R> callShard(
            Operation<Q, R> operation, Caller caller, Q request, Ownership.Owner shard) {
        return once(operation, caller, request, shard, TRY)
                .recover(e -> Future.failedFuture(presentable(Faults.of(e))));
    }

    /**
     * Asks the owner of the request's key, from within a request that its caller repeats: for less time than one try of
     * that caller. Fails with {@code moved} when there is no answer, so that the caller begins anew.
     */
    public <Q extends Record, R extends Record> Future<R> forward(Operation<Q, R> operation, Caller caller, Q request) {
        String key;
        try {
            key = operation.keyOf(caller, request);
        } catch (FaultException e) {
            return Future.failedFuture(e);
        }
        return new Attempts<>(
                        operation,
                        caller,
                        request,
                        key,
                        FORWARD,
                        e -> Fault.MOVED.because("The owner does not answer."))
                .begin();
    }

    private static boolean noAnswer(Throwable failure) {
        return failure instanceof ReplyException reply && reply.failureType() == ReplyFailure.TIMEOUT;
    }

    /**
     * Asks the owners of many keys, one request for each owner. Keys whose owner moved are asked for again at the new
     * one; of an owner that does not answer nothing is heard.
     *
     * @param request makes the request for some of the keys; must be refused whole with {@code moved} by an owner that
     *     does not own all of them
     * @return the answers that came; never fails
     */
    public <K, Q extends Record, R extends Record> Future<List<R>> callOwners(
            Operation<Q, R> operation, Caller caller, Collection<K> keys, Function<List<K>, Q> request) {
        return callOwners(operation, caller, keys, request, DEADLINE);
    }

    /**
     * Like {@link #callOwners(Operation, Caller, Collection, Function)} for somebody who cannot wait.
     *
     * @param patience after which the answers count that came so far
     */
    public <K, Q extends Record, R extends Record> Future<List<R>> callOwners(
            Operation<Q, R> operation,
            Caller caller,
            Collection<K> keys,
            Function<List<K>, Q> request,
            Duration patience) {
        List<R> answers = new ArrayList<>();
        Promise<List<R>> result = Promise.promise();
        Runnable answer = () -> result.tryComplete(List.copyOf(answers));
        long timer = vertx.setTimer(patience.toMillis(), t -> answer.run());
        askOwners(operation, caller, keys, request, answers, FIRST_PAUSE_MS, System.nanoTime() + patience.toNanos())
                .onComplete(done -> {
                    vertx.cancelTimer(timer);
                    answer.run();
                });
        return result.future();
    }

    private <K, Q extends Record, R extends Record> Future<Void> askOwners(
            Operation<Q, R> operation,
            Caller caller,
            Collection<K> keys,
            Function<List<K>, Q> request,
            List<R> answers,
            int pauseMs,
            long deadline) {
        List<K> moved = new ArrayList<>();
        List<Future<R>> asked = new ArrayList<>();
        try {
            ownership
                    .byOwner(keys)
                    .forEach((owner, ids) -> asked.add(once(operation, caller, request.apply(ids), owner, TRY)
                            .onSuccess(answers::add)
                            .onFailure(e -> {
                                if (Faults.of(e).fault() == Fault.MOVED) {
                                    moved.addAll(ids);
                                }
                            })));
        } catch (FaultException nobodyOwnsThem) {
            moved.addAll(keys);
        }
        return Future.join(asked).transform(done -> {
            if (moved.isEmpty() || System.nanoTime() + pauseMs * 1_000_000L > deadline) {
                return Future.succeededFuture();
            }
            return vertx.timer(jitter(pauseMs), TimeUnit.MILLISECONDS)
                    .compose(t -> askOwners(operation, caller, moved, request, answers, longer(pauseMs), deadline));
        });
    }

    private static int longer(int pauseMs) {
        return Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }

    /** Those who waited for the same owner do not all come back at once. */
    private static int jitter(int pauseMs) {
        return ThreadLocalRandom.current().nextInt(pauseMs / 2, pauseMs + 1);
    }

    private <Q extends Record, R extends Record> Future<R> once(
            Operation<Q, R> operation, Caller caller, Q request, Ownership.Owner owner, Duration patience) {
        Promise<R> first = Promise.promise();
        Context context = vertx.getOrCreateContext();
        Runnable giveUp = () -> context.runOnContext(v -> first.tryFail(Fault.MOVED.because("The node is gone.")));
        Set<Runnable> waiting = waitingFor.computeIfAbsent(owner.nodeId(), n -> ConcurrentHashMap.newKeySet());
        if (waiting.size() >= MAX_WAITING) {
            return Future.failedFuture(Fault.UNAVAILABLE.because("Too many requests wait for this node."));
        }
        waiting.add(giveUp);
        eventBus.<Answer>request(
                        operation.part().address(owner.nodeId(), owner.shard()),
                        new Envelope(operation, caller, request),
                        new DeliveryOptions().setSendTimeout(patience.toMillis()))
                // An answer is read here, and may be one that cannot be.
                .map(answer -> operation.reply().cast(answer.body().body()))
                .onComplete(done -> {
                    waiting.remove(giveUp);
                    if (done.succeeded()) {
                        first.tryComplete(done.result());
                    } else {
                        first.tryFail(done.cause());
                    }
                });
        return first.future();
    }

    /** A node is gone: whoever waits for it need not wait for the time-out. */
    private void nodeLost(String nodeId) {
        outstanding.remove(nodeId);
        Set<Runnable> waiting = waitingFor.remove(nodeId);
        if (waiting != null) {
            waiting.forEach(Runnable::run);
        }
    }

    private static FaultException presentable(FaultException fault) {
        return fault.fault() == Fault.MOVED ? Fault.UNAVAILABLE.because(fault.text()) : fault;
    }

    /** One request with all its tries. */
    private final class Attempts<Q extends Record, R extends Record> {
        private final Operation<Q, R> operation;
        private final Caller caller;
        private final Q request;
        private final String key;
        private final long deadline;
        private final UnaryOperator<FaultException> givenUp;
        private final Promise<R> result = Promise.promise();
        private int pauseMs = FIRST_PAUSE_MS;
        private Ownership.@Nullable Owner silent;

        /** @param givenUp makes the fault of a request that no owner answered in time of that of its last try */
        Attempts(
                Operation<Q, R> operation,
                Caller caller,
                Q request,
                String key,
                Duration patience,
                UnaryOperator<FaultException> givenUp) {
            this.deadline = System.nanoTime() + patience.toNanos();
            this.givenUp = givenUp;
            this.operation = operation;
            this.caller = caller;
            this.request = request;
            this.key = key;
        }

        Future<R> begin() {
            Future<R> reply;
            try {
                Ownership.Owner owner = ownership.ownerOf(key);
                reply = once(operation, caller, request, owner, patience(owner))
                        .onFailure(e -> silent = noAnswer(e) ? owner : null);
            } catch (FaultException e) {
                reply = Future.failedFuture(e);
            }
            reply.onComplete(this::tried);
            return result.future();
        }

        /** Whoever was silent may be slow, not dead: then one repeat is all that it gets, for the rest of the time. */
        private Duration patience(Ownership.Owner owner) {
            Duration left = Duration.ofNanos(Math.max(1_000_000, deadline - System.nanoTime()));
            return owner.equals(silent) || left.compareTo(TRY) < 0 ? left : TRY;
        }

        private void tried(AsyncResult<R> done) {
            if (done.succeeded()) {
                result.complete(done.result());
                return;
            }
            FaultException fault = Faults.of(done.cause());
            boolean again = fault.fault() == Fault.MOVED || noAnswer(done.cause());
            if (!again) {
                result.fail(fault);
                return;
            }
            if (System.nanoTime() + pauseMs * 1_000_000L > deadline) {
                result.fail(givenUp.apply(fault));
                return;
            }
            vertx.setTimer(jitter(pauseMs), t -> begin());
            pauseMs = longer(pauseMs);
        }
    }

    /**
     * Serves one shard of a part on this node, on the caller's context.
     *
     * @return completes when the whole cluster can reach it
     */
    public Future<Void> serve(Part part, int shard, Handlers handlers) {
        MessageConsumer<Envelope> consumer = eventBus.consumer(part.address(ownership.nodeId(), shard));
        consumer.handler(message -> answer(message, handlers));
        return consumer.completion();
    }

    private void answer(Message<Envelope> message, Handlers handlers) {
        Future<Answer> done;
        try {
            // A request is read here, and may be one that cannot be.
            Envelope envelope = message.body();
            Operation<?, ?> operation = envelope.operation();
            Future<? extends Record> handled = handlers.handle(envelope);
            done = handled != null
                    ? handled.map(reply -> new Answer(operation, reply))
                    : Future.failedFuture(Fault.NOT_FOUND.because("No such operation: " + operation.address()));
        } catch (RuntimeException e) {
            done = Future.failedFuture(e);
        }
        done.onSuccess(message::reply).onFailure(failure -> {
            FaultException fault = Faults.of(failure);
            message.fail(fault.fault().status(), Faults.write(fault));
        });
    }

    /** Receives the deliveries for this node, on the caller's context. */
    public Future<Void> onDelivery(Consumer<Delivery> handler) {
        MessageConsumer<Delivery> consumer = eventBus.consumer(deliveryAddress(ownership.nodeId()));
        consumer.handler(message -> handler.accept(message.body()));
        return consumer.completion();
    }

    /**
     * Sends events to one node. Nothing says whether they arrived: the receiver notices a gap by the numbers, and asks.
     * Deliveries from one context to one node arrive in the order in which they were sent. To a node that does not read
     * they are not sent at all.
     */
    public void deliver(String nodeId, Delivery delivery) {
        Outstanding towards = outstanding.computeIfAbsent(nodeId, n -> new Outstanding(n, MAX_OUTSTANDING));
        long size = delivery.size();
        if (towards.take(size)) {
            eventBus.<Delivery>sender(deliveryAddress(nodeId))
                    .write(delivery)
                    .onComplete(written -> towards.written(size));
        } else {
            dropped.increment();
        }
    }

    /** Deliveries that were not sent because their node did not read, since the start. From any thread. */
    public long dropped() {
        return dropped.sum();
    }

    private static String deliveryAddress(String nodeId) {
        return "fanout@" + nodeId;
    }
}
