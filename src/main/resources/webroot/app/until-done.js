import { fullJitter } from '/switchboard/backoff.js';

/** Does something until it is done: a server that is busy, or out of reach, is asked again. */
export class UntilDone {
  #task;
  #run = 0;
  #timer;

  /** @param task `() => Promise` */
  constructor(task) {
    this.#task = task;
  }

  /** Does it now, also when it was done before. */
  async begin(attempt = 0) {
    this.end();
    const run = this.#run;
    try {
      await this.#task();
    } catch (error) {
      if (run !== this.#run) return;
      if (!error.retryable) return reportError(error);
      this.#timer = setTimeout(() => this.begin(attempt + 1), Math.max(error.retryAfter ?? 0, fullJitter(attempt)));
    }
  }

  /** Gives up what is not done yet. */
  end() {
    this.#run += 1;
    clearTimeout(this.#timer);
  }
}
