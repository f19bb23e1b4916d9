import { SwitchboardError } from './errors.js';
import { uuid } from './ids.js';

/**
 * Messages on their way to one room: pure state, no I/O.
 *
 * One message is under way at a time, so that a failed one is never overtaken. Each keeps its `clientId` until it is
 * acknowledged: the server answers a repeat with the first result, so sending again is safe.
 */
export class Outbox {
  #entries = [];
  #limit;

  /** @param limit messages that may wait; `add` refuses more */
  constructor({ limit = 200 } = {}) {
    this.#limit = limit;
  }

  /** Entries in the order they were written, those acknowledged but not yet seen in the room's log among them. */
  get entries() {
    return [...this.#entries];
  }

  /** Queues a message, one that was kept with the `clientId` it had. `promise` settles with the server's acknowledgement or the error that ended it. */
  add(message) {
    if (this.#entries.length >= this.#limit) {
      throw new SwitchboardError({ code: 'queue_full', message: `${this.#limit} messages are waiting already` });
    }
    const entry = {
      clientId: uuid(),
      type: 'text',
      createdAt: new Date().toISOString(),
      ...message,
      state: 'queued',
      attempts: 0,
    };
    entry.promise = new Promise((resolve, reject) => Object.assign(entry, { resolve, reject }));
    // Whoever watches `pending` instead of the promise must not get an unhandled rejection.
    entry.promise.catch(() => {});
    this.#entries.push(entry);
    return entry;
  }

  /** Takes the message that is to be sent now, or undefined when one is under way or none waits. */
  take() {
    if (this.#entries.some((entry) => entry.state === 'sending')) return undefined;
    const entry = this.#entries.find(({ state }) => state === 'queued');
    if (entry) {
      entry.state = 'sending';
      entry.attempts += 1;
    }
    return entry;
  }

  /** The connection ended or the server asked to try later: the same message goes again, first. */
  requeue(entry) {
    if (entry.state === 'sending') entry.state = 'queued';
  }

  /** The server has the message. It stays listed until its event is seen, unless the log is already past it. */
  acknowledge(entry, reply, position) {
    entry.state = 'sent';
    entry.seq = reply.seq;
    entry.resolve(reply);
    if (position !== null && reply.seq <= position) this.#remove(entry);
  }

  /** The server refused the message for good; it stays listed until `retry` or `discard`. */
  fail(entry, error) {
    entry.state = 'failed';
    entry.error = error;
    entry.reject(error);
  }

  /** Queues a failed message again, as the last one. The promise of the first try stays rejected. */
  retry(clientId) {
    const entry = this.#find(clientId, 'failed');
    if (!entry) return;
    this.#remove(entry);
    Object.assign(entry, { state: 'queued', attempts: 0, error: undefined });
    this.#entries.push(entry);
  }

  discard(clientId) {
    const entry = this.#find(clientId, 'failed');
    if (entry) this.#remove(entry);
  }

  /** The room's log has the message with this `clientId`: that acknowledges it as well as a reply does. */
  seen(message) {
    const entry = this.#find(message.clientId);
    if (!entry) return;
    entry.resolve({ id: message.id, seq: message.seq, createdAt: message.createdAt, duplicate: false });
    this.#remove(entry);
  }

  /** After a reload of the room: what was acknowledged up to `position` will not come as an event any more. */
  passed(position) {
    this.#entries = this.#entries.filter((entry) => !(entry.state === 'sent' && entry.seq <= position));
  }

  #find(clientId, state) {
    return this.#entries.find((entry) => entry.clientId === clientId && (!state || entry.state === state));
  }

  #remove(entry) {
    this.#entries = this.#entries.filter((other) => other !== entry);
  }
}
