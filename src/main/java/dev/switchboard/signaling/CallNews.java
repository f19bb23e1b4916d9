package dev.switchboard.signaling;

import dev.switchboard.protocol.Call;
import dev.switchboard.protocol.Caller;
import dev.switchboard.signaling.CallChange.Effect;
import io.vertx.core.Future;
import java.util.List;

/** Tells people what happened to their calls. */
interface CallNews {
    /** Tells all of it, in order; telling again harms nothing. Fails when somebody's owner could not be reached. */
    Future<Void> tell(CallEntry entry, List<Effect> effects);

    /** The caller hears that a call ended before it rang; the callee finds that it missed one. */
    Future<Void> refused(Call call, Caller caller);
}
