package dev.switchboard.signaling;

import dev.switchboard.protocol.Call;
import dev.switchboard.protocol.CallOperations.Resume;
import dev.switchboard.protocol.CallOperations.Resumed;
import dev.switchboard.protocol.Caller;
import io.vertx.core.Future;
import java.util.UUID;

/** One who owns all calls. */
record LocalCallOwners(Calls calls) implements CallOwners {
    @Override
    public Future<Call> answer(UUID call, Caller caller, String node) {
        return calls.change(
                        call,
                        c -> c.answer(
                                caller.user(), String.valueOf(caller.socketId()), node, calls.now(), calls.times()))
                .map(CallRecord::view);
    }

    @Override
    public Future<Call> replace(UUID call) {
        return calls.change(call, c -> c.replace(calls.now())).map(CallRecord::view);
    }

    @Override
    public Future<Resumed> takeOver(UUID call, Resume by) {
        return calls.change(call, c -> c.resume(by.userId(), by.oldSocketId(), by.socketId(), by.nodeId(), calls.now()))
                .map(c -> new Resumed(c.view()));
    }
}
