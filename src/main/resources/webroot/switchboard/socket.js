import { after, cancel } from './clock.js';
import { fromFailure, offlineError, SwitchboardError, timeoutError } from './errors.js';

/** Between application pings, in milliseconds; the server ends a socket that is silent for 120 s. */
const PING_INTERVAL = 25_000;

/** How long a silent server has to answer before the connection counts as dead. */
const LIVENESS = 10_000;

/** How long the WebSocket handshake may take. */
const OPEN_TIMEOUT = 10_000;

/** The server refuses longer frames; refusing them here keeps the connection. */
const MAX_FRAME_BYTES = 65_536;

/** Requests that may await their replies at once. */
const MAX_OUTSTANDING = 1_000;

/** The address of no room. */
const NO_ROOM = 'room:00000000-0000-0000-0000-000000000000';

/** The close code that stands for an end without a close frame. */
const ABNORMAL = 1006;

/**
 * One WebSocket to `/eventbus/websocket` from its handshake to its end, speaking the bridge protocol in TEXT frames.
 * It is never opened again: `Connection` makes the next one.
 */
export class Socket {
  #ws;
  #options;
  #pending = new Map();
  #lastId = 0;
  #lastHeard = 0;
  #timers = new Set();
  #ended = false;
  #probe = null;
  #failOpening;

  /**
   * @param options.url the ws: or wss: address
   * @param options.WebSocket the class to use
   * @param options.timeout milliseconds that a request may take
   * @param options.onEvent called with `(address, body)` for what the server pushes
   * @param options.onEnd called once, with `{code, reason}`
   */
  constructor(options) {
    this.#options = options;
    this.#ws = new options.WebSocket(options.url);
    this.#ws.binaryType = 'arraybuffer';
    /** Settles when frames may be sent, or rejects when the socket ends first. */
    this.opened = new Promise((resolve, reject) => {
      const timer = this.#after(OPEN_TIMEOUT, () => this.terminate('handshake took too long'));
      this.#ws.onopen = () => {
        this.#cancel(timer);
        this.#lastHeard = Date.now();
        this.#keepAlive();
        resolve();
      };
      this.#ws.onclose = ({ code, reason }) => this.#end(code, reason);
      this.#ws.onerror = () => {};
      this.#ws.onmessage = ({ data }) => this.#receive(data);
      this.#failOpening = reject;
    });
    this.opened.catch(() => {});
  }

  /** Asks the operation at `address`; rejects with a SwitchboardError, `offline` when the socket ends first. */
  request(address, body, timeout = this.#options.timeout) {
    return this.#exchange({ type: 'send', address, body }, timeout);
  }

  /** Asks for the events of `address`; settles when the server confirms. */
  async register(address) {
    try {
      await this.#exchange({ type: 'register', address }, this.#options.timeout);
    } catch (error) {
      // Registered already: an earlier try whose answer came too late.
      if (error.code !== 'conflict') throw error;
    }
  }

  unregister(address) {
    return this.#exchange({ type: 'unregister', address }, this.#options.timeout);
  }

  /** Checks now whether the server still answers, for instance after the machine slept. */
  probe() {
    if (this.#ended || this.#probe) return;
    const asked = Date.now();
    // A ping has no answer in the bridge protocol. Unregistering what is not registered has one and changes nothing.
    this.unregister(NO_ROOM).catch(() => {});
    this.#probe = this.#after(LIVENESS, () => {
      this.#probe = null;
      if (this.#lastHeard < asked) this.terminate('the server does not answer');
    });
  }

  /** Ends the connection in good order. */
  close() {
    this.#ws.close(1000);
    this.#end(1000, 'closed by the client');
  }

  /** Ends the connection without waiting for a server that may be gone. */
  terminate(reason) {
    this.#end(ABNORMAL, reason);
    this.#ws.close();
  }

  #exchange(frame, timeout) {
    return new Promise((resolve, reject) => {
      if (this.#ended || this.#ws.readyState !== 1) return reject(offlineError());
      if (this.#pending.size >= MAX_OUTSTANDING) {
        return reject(new SwitchboardError({ code: 'too_many_requests', message: 'Too many requests await their replies' }));
      }
      const replyAddress = `r${++this.#lastId}`;
      const text = JSON.stringify({ ...frame, replyAddress });
      if (text.length > MAX_FRAME_BYTES / 3 && new TextEncoder().encode(text).length > MAX_FRAME_BYTES) {
        return reject(new SwitchboardError({ code: 'payload_too_large', status: 413, message: 'More than 64 KiB' }));
      }
      const timer = this.#after(timeout, () => this.#settle(replyAddress, 'reject', timeoutError(frame.address, timeout)));
      this.#pending.set(replyAddress, { resolve, reject, timer });
      this.#ws.send(text);
    });
  }

  #settle(replyAddress, outcome, value) {
    const waiting = this.#pending.get(replyAddress);
    if (!waiting) return false;
    this.#pending.delete(replyAddress);
    this.#cancel(waiting.timer);
    waiting[outcome](value);
    return true;
  }

  #receive(data) {
    if (this.#ended) return;
    this.#lastHeard = Date.now();
    let frame;
    try {
      frame = JSON.parse(typeof data === 'string' ? data : new TextDecoder().decode(data));
    } catch {
      return this.terminate('the server sent something that is not JSON');
    }
    if (frame.type === 'rec') {
      if (!this.#settle(frame.address, 'resolve', frame.body)) this.#options.onEvent(frame.address, frame.body);
    } else if (frame.type === 'err' && frame.address) {
      this.#settle(frame.address, 'reject', fromFailure(frame));
    }
  }

  #keepAlive() {
    this.#after(PING_INTERVAL, () => {
      this.#ws.send('{"type":"ping"}');
      if (Date.now() - this.#lastHeard >= PING_INTERVAL) this.probe();
      this.#keepAlive();
    });
  }

  #end(code, reason) {
    if (this.#ended) return;
    this.#ended = true;
    this.#ws.onmessage = this.#ws.onclose = this.#ws.onopen = null;
    for (const timer of this.#timers) cancel(timer);
    const error = offlineError(reason || undefined);
    this.#failOpening(error);
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
    this.#options.onEnd({ code, reason });
  }

  #after(milliseconds, task) {
    const timer = after(milliseconds, () => {
      this.#timers.delete(timer);
      task();
    });
    this.#timers.add(timer);
    return timer;
  }

  #cancel(timer) {
    cancel(timer);
    this.#timers.delete(timer);
  }
}
