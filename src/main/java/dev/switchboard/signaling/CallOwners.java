package dev.switchboard.signaling;

import dev.switchboard.protocol.Call;
import dev.switchboard.protocol.CallOperations.Resume;
import dev.switchboard.protocol.CallOperations.Resumed;
import dev.switchboard.protocol.Caller;
import io.vertx.core.Future;
import java.util.UUID;

/** The owners of calls. Each changes its own alone, and so knows how they are without asking the cluster. */
interface CallOwners {
    /** Takes a call that rings, at the caller's socket on that node. Fails as the rule does. */
    Future<Call> answer(UUID call, Caller caller, String node);

    /** Ends a call whose caller calls the same person anew. */
    Future<Call> replace(UUID call);

    /** Puts a new socket into the place of an old one. */
    Future<Resumed> takeOver(UUID call, Resume by);
}
