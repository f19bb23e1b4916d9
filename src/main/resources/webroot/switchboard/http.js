import { fullJitter } from './backoff.js';
import { fromResponse, offlineError, SwitchboardError, timeoutError } from './errors.js';
import { uuid } from './ids.js';

/** The cookie that is repeated in a header, to show that it is the node's own page that asks. */
const PROOF = 'XSRF-TOKEN';

const UNSAFE = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** Tries of a write that carries an `Idempotency-Key`, the first included. */
const MAX_TRIES = 3;

/** The HTTP door: JSON in and out, a time-out on each request, one error type. */
export class Http {
  #base;
  #fetch;
  #timeout;
  #sameOrigin;

  constructor({ base, fetch, timeout, sameOrigin }) {
    this.#base = base;
    // A bare reference: browsers refuse a `fetch` called as somebody's method.
    this.#fetch = (...args) => fetch(...args);
    this.#timeout = timeout;
    this.#sameOrigin = sameOrigin;
  }

  /**
   * One request under `/api/v1`. `query` entries that are null or undefined are left out.
   *
   * @returns the parsed body, undefined when there is none
   */
  async request(method, path, { body, query, token, headers = {} } = {}) {
    const url = new URL(`/api/v1${path}`, this.#base);
    for (const [name, value] of Object.entries(query ?? {})) if (value != null) url.searchParams.set(name, value);
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), this.#timeout);
    try {
      const response = await this.#fetch(url.href, {
        method,
        headers: this.#headers(method, body, token, headers),
        body: body === undefined ? undefined : JSON.stringify(body),
        credentials: this.#sameOrigin ? 'same-origin' : 'omit',
        cache: 'no-store',
        signal: abort.signal,
      });
      if (!response.ok) throw await fromResponse(response);
      const text = await response.text();
      return text ? JSON.parse(text) : undefined;
    } catch (error) {
      if (error instanceof SwitchboardError) throw error;
      if (abort.signal.aborted) throw timeoutError(`${method} ${path}`, this.#timeout);
      if (error instanceof SyntaxError) throw new SwitchboardError({ code: 'internal', message: 'The answer is not JSON' });
      throw offlineError();
    } finally {
      clearTimeout(timer);
    }
  }

  /** A write that is carried out once however often it is sent: repeated, at most twice, while that can help. */
  async requestOnce(method, path, options = {}) {
    const headers = { ...options.headers, 'Idempotency-Key': uuid() };
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.request(method, path, { ...options, headers });
      } catch (error) {
        if (!error.retryable || attempt + 1 >= MAX_TRIES) throw error;
        const wait = Math.max(error.retryAfter ?? 0, fullJitter(attempt));
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  }

  /** The cookies that scripts cannot see stay when the server cannot be reached; without this one they are of no use. */
  forgetProof() {
    if (this.#sameOrigin && globalThis.document) document.cookie = `${PROOF}=; Path=/; Max-Age=0`;
  }

  #headers(method, body, token, extra) {
    const headers = { Accept: 'application/json', ...extra };
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    if (token) headers.Authorization = `Bearer ${token}`;
    const xsrf = UNSAFE.has(method) && this.#sameOrigin ? cookie(PROOF) : undefined;
    if (xsrf) headers['X-XSRF-TOKEN'] = xsrf;
    return headers;
  }
}

function cookie(name) {
  const entry = (globalThis.document?.cookie ?? '').split('; ').find((pair) => pair.startsWith(`${name}=`));
  return entry && decodeURIComponent(entry.slice(name.length + 1));
}
