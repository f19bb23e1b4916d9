package dev.switchboard.signaling;

import dev.switchboard.signaling.CallChange.Effect;
import dev.switchboard.signaling.CallChange.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * What is kept of a call.
 *
 * @param pending what its last change asked for and nobody has finished yet: whoever finds it later does it again, so that
 *     nobody waits for the word of a node that died right after it had saved
 */
record CallEntry(CallRecord call, String callerName, String callerDisplayName, List<Effect> pending) {
    CallEntry after(CallChange change) {
        List<Effect> all = new ArrayList<>(pending);
        // Who has not been told yet that it rings need not hear of it when it is over.
        all.removeIf(effect -> change.call().isOver() && effect.kind() == Kind.INCOMING);
        all.addAll(change.effects());
        return new CallEntry(change.call(), callerName, callerDisplayName, List.copyOf(all));
    }

    CallEntry done() {
        return pending.isEmpty() ? this : new CallEntry(call, callerName, callerDisplayName, List.of());
    }
}
