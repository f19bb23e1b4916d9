import { fullJitter } from './backoff.js';

/** Calls are gathered this long, in milliseconds, before the last one is sent. */
const DELAY = 400;

/** Says how far this user has read: the furthest message only, again until the server has it. */
export class ReadMarker {
  #send;
  #wanted = null;
  #done = 0;
  #attempt = 0;
  #timer;

  /** @param send called with a message; returns a promise */
  constructor(send) {
    this.#send = send;
  }

  /** This user has read up to `message`, on this client or another. */
  mark(message) {
    if (message.seq <= Math.max(this.#done, this.#wanted?.seq ?? 0)) return;
    this.#wanted = message;
    this.#schedule(DELAY);
  }

  async flush() {
    this.pause();
    const message = this.#wanted;
    if (!message) return;
    try {
      await this.#send(message);
      this.#attempt = 0;
      this.#done = Math.max(this.#done, message.seq);
    } catch (error) {
      // Without a connection it waits for the `flush` that follows the next join.
      if (error.code === 'offline') return;
      if (error.retryable) return this.#schedule(Math.max(error.retryAfter ?? 0, fullJitter(this.#attempt++)));
    }
    if (this.#wanted === message) this.#wanted = null;
    return undefined;
  }

  pause() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #schedule(milliseconds) {
    this.#timer ??= setTimeout(() => this.flush(), milliseconds);
  }
}
