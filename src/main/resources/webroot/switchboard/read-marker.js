/** Calls are gathered this long, in milliseconds, before the last one is sent. */
const DELAY = 400;

/** Says how far this user has read: the furthest message only, again after a reconnect if it did not get through. */
export class ReadMarker {
  #send;
  #wanted = null;
  #done = 0;
  #timer;

  /** @param send called with a message; returns a promise */
  constructor(send) {
    this.#send = send;
  }

  /** This user has read up to `message`, on this client or another. */
  mark(message) {
    if (message.seq <= Math.max(this.#done, this.#wanted?.seq ?? 0)) return;
    this.#wanted = message;
    this.#timer ??= setTimeout(() => this.flush(), DELAY);
  }

  async flush() {
    this.pause();
    const message = this.#wanted;
    if (!message) return;
    try {
      await this.#send(message);
      this.#done = Math.max(this.#done, message.seq);
    } catch (error) {
      // Kept for the next `flush`, which follows the next join.
      if (error.retryable) return;
    }
    if (this.#wanted === message) this.#wanted = null;
  }

  pause() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
