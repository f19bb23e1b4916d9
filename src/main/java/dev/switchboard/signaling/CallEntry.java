package dev.switchboard.signaling;

import dev.switchboard.signaling.CallChange.Effect;
import java.util.List;

/**
 * What is kept of a call.
 *
 * @param pending what its last change asked for and nobody has finished yet: whoever finds it later does it again, so that
 *     nobody waits for the word of a node that died right after it had saved
 */
record CallEntry(CallRecord call, String callerName, String callerDisplayName, List<Effect> pending) {
    CallEntry after(CallChange change) {
        return new CallEntry(change.call(), callerName, callerDisplayName, change.effects());
    }

    CallEntry done() {
        return new CallEntry(call, callerName, callerDisplayName, List.of());
    }
}
