package dev.switchboard.signaling;

import dev.switchboard.bus.Handlers;
import dev.switchboard.protocol.Call;
import dev.switchboard.protocol.Call.Media;
import dev.switchboard.protocol.CallOperations;
import dev.switchboard.protocol.CallOperations.Answer;
import dev.switchboard.protocol.CallOperations.Changed;
import dev.switchboard.protocol.CallOperations.Connected;
import dev.switchboard.protocol.CallOperations.Current;
import dev.switchboard.protocol.CallOperations.Finish;
import dev.switchboard.protocol.CallOperations.Get;
import dev.switchboard.protocol.CallOperations.History;
import dev.switchboard.protocol.CallOperations.Initiate;
import dev.switchboard.protocol.CallOperations.Initiated;
import dev.switchboard.protocol.CallOperations.LegNews;
import dev.switchboard.protocol.CallOperations.Replace;
import dev.switchboard.protocol.CallOperations.Resume;
import dev.switchboard.protocol.CallOperations.Resumed;
import dev.switchboard.protocol.CallOperations.TakeOver;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.Nothing;
import dev.switchboard.signaling.CallLog.Callee;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What clients and nodes ask of calls. */
final class CallRequests {
    private static final int PAGE = 50;

    /** So many of the latest requests to call somebody are remembered; the bus repeats one for some seconds at most. */
    private static final int MAX_ASKED = 1_024;

    private final Function<UUID, Future<Boolean>> presence;
    private final Calls calls;
    private final CallClaims claims;
    private final CallLog log;
    private final CallOwners owners;
    private final Initiation initiation;
    private final InitiationLimits limits;
    private final Map<UUID, Future<Initiated>> asked = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Future<Initiated>> eldest) {
            return size() > MAX_ASKED;
        }
    };

    /** @param presence whether a user has a socket */
    CallRequests(
            Function<UUID, Future<Boolean>> presence,
            Calls calls,
            CallClaims claims,
            CallLog log,
            CallOwners owners,
            Initiation initiation,
            InitiationLimits limits) {
        this.presence = presence;
        this.calls = calls;
        this.claims = claims;
        this.log = log;
        this.owners = owners;
        this.initiation = initiation;
        this.limits = limits;
    }

    void register(Handlers handlers) {
        handlers.on(CallOperations.INITIATE, this::initiate)
                .on(CallOperations.ANSWER, this::answer)
                .on(CallOperations.REJECT, this::reject)
                .on(CallOperations.END, this::end)
                .on(CallOperations.CONNECTED, this::connected)
                .on(CallOperations.CURRENT, (caller, q) -> current(caller))
                .on(CallOperations.GET, this::get)
                .on(CallOperations.HISTORY, this::history)
                .on(CallOperations.LEG, (caller, q) -> leg(q))
                .on(CallOperations.RESUME, (caller, q) -> resume(q))
                .on(CallOperations.TAKE_OVER, (caller, q) -> takeOver(q))
                .on(CallOperations.REPLACE, (caller, q) -> replace(q));
    }

    /** The bus asks again when the answer takes long, or when it ended in a time-out: that is the same call. */
    Future<Initiated> initiate(Caller caller, Initiate q) {
        UUID id = fromDoor(q.id());
        if (q.calleeId().equals(caller.user())) {
            throw Fault.CONFLICT.because("You cannot call yourself.");
        }
        Future<Initiated> before = asked.get(id);
        if (before != null && !ranOut(before)) {
            return before;
        }
        Future<Initiated> begun = calls.find(id)
                .compose(found -> {
                    if (found.isPresent()) {
                        return Future.succeededFuture(found.get().view());
                    }
                    if (before == null) {
                        limits.take(caller.user(), q.calleeId());
                    }
                    return begin(caller, q, id);
                })
                .map(call -> new Initiated(call.id(), call));
        asked.put(id, begun);
        return begun;
    }

    private static boolean ranOut(Future<?> asked) {
        return asked.cause() instanceof FaultException e && (e.fault() == Fault.TIMEOUT || e.fault() == Fault.MOVED);
    }

    private Future<Call> begin(Caller caller, Initiate q, UUID id) {
        String socket = socket(caller);
        String node = fromDoor(q.node());
        UUID callee = q.calleeId();
        // Both are asked for whoever is called, so that nobody can tell from the time whether he is blocked.
        Future<Callee> known = log.callee(caller.user(), callee);
        Future<Boolean> there = presence.apply(callee);
        return Future.all(known, there).compose(both -> {
            if (known.result() == Callee.UNKNOWN) {
                throw Fault.NOT_FOUND.because("There is no such user.");
            }
            boolean online = there.result() && known.result() == Callee.OPEN;
            Media media = q.media() == null ? Media.VIDEO : q.media();
            return initiation.begin(new Initiation.Request(id, caller, socket, node, callee, media, online));
        });
    }

    private Future<Changed> answer(Caller caller, Answer q) {
        String socket = socket(caller);
        String node = fromDoor(q.node());
        return changed(
                calls.change(q.callId(), call -> call.answer(caller.user(), socket, node, calls.now(), calls.times())));
    }

    private Future<Changed> reject(Caller caller, Finish q) {
        return changed(calls.change(q.callId(), call -> call.reject(caller.user(), caller.socketId(), calls.now())));
    }

    private Future<Changed> end(Caller caller, Finish q) {
        return changed(
                calls.change(q.callId(), call -> call.end(caller.user(), caller.socketId(), q.reason(), calls.now())));
    }

    private Future<Changed> connected(Caller caller, Connected q) {
        String socket = socket(caller);
        return changed(calls.change(q.callId(), call -> {
            Leg leg = call.leg(socket);
            if (leg == null || !leg.userId().equals(caller.user())) {
                throw Fault.FORBIDDEN.because("This socket is not in the call.");
            }
            return call.connected(socket);
        }));
    }

    private static Future<Changed> changed(Future<CallRecord> change) {
        return change.map(call -> new Changed(call.view()));
    }

    private Future<Current> current(Caller caller) {
        return claims.callOf(caller.user())
                .compose(id ->
                        id.isEmpty() ? Future.succeededFuture(Optional.<CallRecord>empty()) : calls.find(id.get()))
                .map(found -> new Current(found.filter(call -> !call.isOver())
                        .map(CallRecord::view)
                        .orElse(null)));
    }

    private Future<Call> get(Caller caller, Get q) {
        UUID user = caller.user();
        return calls.find(q.callId())
                .compose(live ->
                        live.isPresent() ? Future.succeededFuture(live.map(CallRecord::view)) : log.find(q.callId()))
                .map(found -> found.filter(call ->
                                call.callerId().equals(user) || call.calleeId().equals(user))
                        .orElseThrow(() -> Fault.NOT_FOUND.because("There is no such call.")));
    }

    private Future<CallOperations.Calls> history(Caller caller, History q) {
        int limit = q.limit() == null ? PAGE : q.limit();
        return log.list(caller.user(), q.before(), limit)
                .map(items -> new CallOperations.Calls(
                        items,
                        items.size() < limit
                                ? null
                                : items.get(items.size() - 1).id()));
    }

    /** A node tells of a socket; of a call that is not there any more there is nothing to say. */
    private Future<Nothing> leg(CallOperations.Leg q) {
        return calls.change(
                        q.callId(),
                        call -> q.news() == LegNews.LOST
                                ? call.socketLost(q.socketId(), calls.now(), calls.times())
                                : call.renew(q.socketId(), calls.now()))
                .map(call -> {
                    if (call.isOver()) {
                        throw Fault.CONFLICT.because("The call is over.");
                    }
                    return Nothing.NOTHING;
                });
    }

    private Future<Resumed> resume(Resume q) {
        return claims.callOf(q.userId())
                .compose(id -> id.isEmpty() ? Future.succeededFuture(new Resumed(null)) : owners.takeOver(id.get(), q));
    }

    private Future<Resumed> takeOver(TakeOver q) {
        Resume by = q.by();
        return calls.change(
                        q.callId(),
                        call -> call.resume(by.userId(), by.oldSocketId(), by.socketId(), by.nodeId(), calls.now()))
                .map(call -> new Resumed(call.leg(by.socketId()) == null ? null : call.view()));
    }

    private Future<Changed> replace(Replace q) {
        return changed(calls.change(q.callId(), call -> call.replace(calls.now())));
    }

    private static String socket(Caller caller) {
        String socket = caller.socketId();
        if (socket == null) {
            throw Fault.VALIDATION_FAILED.because("Calls need a socket: ask by the event bus.");
        }
        return socket;
    }

    private static <T> T fromDoor(@Nullable T stamp) {
        if (stamp == null) {
            throw new IllegalStateException("the door says which node holds the socket, and the id of a new call");
        }
        return stamp;
    }
}
