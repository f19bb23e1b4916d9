import { fullJitter } from './backoff.js';

/** How often one signal is tried: the server allows 20 a second, a burst of 100. */
const TRIES = 6;

/** The least and the longest wait between tries, in milliseconds. */
const MIN_WAIT = 200;
const MAX_WAIT = 2_000;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * What one peer connection tells its other end, in order: a description arrives before what follows it. What could not be
 * sent because the connection to the server was lost is dropped: whoever comes back restarts ICE anyway.
 */
export class Signals {
  #request;
  #target;
  #failed;
  #tail = Promise.resolve();

  /**
   * @param request `(address, body) => Promise`
   * @param target gives what names the other end: `{callId}` or `{meetingId, to}`
   * @param failed called with the SwitchboardError of a signal that was refused
   */
  constructor(request, target, failed) {
    this.#request = request;
    this.#target = target;
    this.#failed = failed;
  }

  describe({ type, sdp }) {
    this.#tail = this.#tail.then(() => this.#send(type, { sdp }));
  }

  /** `null` is the end of candidates. They need not wait for each other, only for the description before them. */
  candidate(candidate) {
    const body = { candidate: candidate ? candidate.toJSON() : { candidate: '' } };
    this.#tail.then(() => this.#send('ice-candidate', body));
  }

  async #send(address, body) {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#request(address, { ...this.#target(), ...body });
      } catch (error) {
        if (error.code === 'offline') return undefined;
        if (!error.retryable || attempt >= TRIES) return this.#failed(error);
        await pause(fullJitter(attempt, Math.random, MIN_WAIT, MAX_WAIT));
      }
    }
  }
}
