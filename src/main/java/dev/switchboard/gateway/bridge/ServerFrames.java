package dev.switchboard.gateway.bridge;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.switchboard.bus.Json;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the server says to one client: the JSON of the bridge protocol, UTF-8. Room events are encoded elsewhere. */
final class ServerFrames {
    private ServerFrames() {}

    private record Rec(String type, String address, Object body) {}

    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    private record Err(
            String type,
            @Nullable String address,
            @Nullable String body,
            @Nullable Integer failureCode,
            @Nullable String failureType,
            String message,
            List<FaultException.FieldError> errors) {}

    /** A reply, or an event on an address. */
    static byte[] rec(String address, Object body) {
        return Json.bytes(new Rec("rec", address, body));
    }

    /** A failed request: what the published clients hand to the reply handler. */
    static byte[] failure(String replyAddress, FaultException fault) {
        return refusal(null, replyAddress, fault);
    }

    /** Says why the server closes, where the transport cannot: {@code failureCode} is that of {@link CloseCode}. */
    static byte[] farewell(CloseCode code) {
        return Json.bytes(
                new Err("err", null, code.reason(), code.code(), "CLOSED", code.reason() + ": closing", List.of()));
    }

    /**
     * A frame that was refused by the bridge itself.
     *
     * @param body the code of the Vert.x bridge, for example {@code access_denied}
     * @param address the frame's reply address or else its address, if it has any
     */
    static byte[] refusal(@Nullable String body, @Nullable String address, FaultException fault) {
        // "moved" is a word between nodes.
        Fault code = fault.fault() == Fault.MOVED ? Fault.UNAVAILABLE : fault.fault();
        return Json.bytes(new Err(
                "err",
                address,
                body,
                code.status(),
                "RECIPIENT_FAILURE",
                code.code() + ": " + fault.text(),
                fault.errors()));
    }
}
