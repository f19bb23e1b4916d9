/** Codes after which the same request may be sent again, as `docs/protocol.md` lists them; `offline` is the client's own. */
const RETRYABLE = new Set(['too_many_requests', 'upstream_unreachable', 'unavailable', 'timeout', 'offline']);

/** Vert.x's own reply failures carry no code of ours. */
const FAILURE_TYPES = { TIMEOUT: 'timeout', NO_HANDLERS: 'unavailable' };

/**
 * What every operation rejects with, whichever door it took.
 *
 * `code` is stable and listed in the protocol documentation; `status` is the HTTP status, 0 when the server never answered;
 * `retryable` says whether the same request can help later; `fields` names what validation refused.
 */
export class SwitchboardError extends Error {
  constructor({ code, message, status = 0, retryable = RETRYABLE.has(code), fields = [], requestId, retryAfter }) {
    super(message || code);
    this.name = 'SwitchboardError';
    this.code = code;
    this.status = status;
    this.retryable = retryable;
    this.fields = fields;
    this.requestId = requestId;
    /** Milliseconds that the server asked to wait, if it did. */
    this.retryAfter = retryAfter;
  }
}

/** The connection is down: nothing is known about whether the request was carried out. */
export function offlineError(message = 'No connection to the server') {
  return new SwitchboardError({ code: 'offline', message });
}

/** The room is over for this client, on purpose: asking again does not help. */
export function roomClosed(message) {
  return new SwitchboardError({ code: 'room_closed', message });
}

export function timeoutError(what, milliseconds) {
  return new SwitchboardError({ code: 'timeout', message: `${what}: no answer within ${milliseconds} ms` });
}

/** From an event-bus reply failure, whose message reads `code: text`. */
export function fromFailure(frame) {
  const text = String(frame.message ?? '');
  const match = /^([a-z][a-z_]*): ?(.*)$/s.exec(text);
  const code = match?.[1] ?? FAILURE_TYPES[frame.failureType] ?? 'internal';
  const status = frame.failureCode > 0 ? frame.failureCode : 0;
  return new SwitchboardError({ code, status, message: match ? match[2] : text });
}

/** From an HTTP response that is not a success; reads the body, which may be anything when a proxy answered. */
export async function fromResponse(response) {
  const body = await response.json().catch(() => ({}));
  const seconds = Number(response.headers.get('retry-after'));
  return new SwitchboardError({
    code: body.code ?? codeOf(response.status),
    status: response.status,
    message: body.message ?? `The server answered ${response.status}`,
    fields: Array.isArray(body.errors) ? body.errors : [],
    requestId: body.requestId,
    retryAfter: seconds > 0 ? seconds * 1000 : undefined,
  });
}

function codeOf(status) {
  const codes = { 401: 'unauthorized', 403: 'forbidden', 404: 'not_found', 429: 'too_many_requests', 504: 'timeout' };
  return codes[status] ?? (status === 502 || status === 503 ? 'unavailable' : 'internal');
}
