package dev.switchboard.signaling;

import dev.switchboard.bus.Bus;
import dev.switchboard.protocol.Call;
import dev.switchboard.protocol.CallOperations;
import dev.switchboard.protocol.CallOperations.Answer;
import dev.switchboard.protocol.CallOperations.Changed;
import dev.switchboard.protocol.CallOperations.Replace;
import dev.switchboard.protocol.CallOperations.Resume;
import dev.switchboard.protocol.CallOperations.Resumed;
import dev.switchboard.protocol.CallOperations.TakeOver;
import dev.switchboard.protocol.Caller;
import io.vertx.core.Future;
import java.util.UUID;

/** The owners of calls, by the bus. */
final class BusCallOwners implements CallOwners {
    private final Bus bus;

    BusCallOwners(Bus bus) {
        this.bus = bus;
    }

    @Override
    public Future<Call> answer(UUID call, Caller caller, String node) {
        return bus.forward(CallOperations.ANSWER, caller, new Answer(call, node))
                .map(Changed::call);
    }

    @Override
    public Future<Call> replace(UUID call) {
        return bus.forward(CallOperations.REPLACE, Caller.system(), new Replace(call))
                .map(Changed::call);
    }

    @Override
    public Future<Resumed> takeOver(UUID call, Resume by) {
        return bus.forward(CallOperations.TAKE_OVER, Caller.system(), new TakeOver(call, by));
    }
}
