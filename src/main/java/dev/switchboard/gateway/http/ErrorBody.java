package dev.switchboard.gateway.http;

import dev.switchboard.protocol.FaultException;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Instant;
import java.util.List;

/** The one form of an error. {@code error} is the reason phrase of the status, {@code code} the stable name. */
record ErrorBody(
        int statusCode,
        String error,
        String code,
        String message,
        String path,
        Instant timestamp,
        String requestId,
        List<FaultException.FieldError> errors) {

    static ErrorBody of(FaultException fault, String path, Instant now, String requestId) {
        int status = fault.fault().status();
        return new ErrorBody(
                status,
                HttpResponseStatus.valueOf(status).reasonPhrase(),
                fault.fault().code(),
                fault.text(),
                path,
                now,
                requestId,
                fault.errors());
    }
}
