const LOCK = 'switchboard:refresh';
const CHANNEL = 'switchboard:session';

/**
 * What tabs of one origin share when their refresh token is one cookie: one renewal at a time (`navigator.locks`), its
 * result, and the end of the session. Without those browser features, or without the cookie, each client is by itself.
 */
export class TabLink {
  #channel;
  #locks;

  /** @param handlers what to do with a message of each kind from another tab */
  constructor(enabled, handlers) {
    if (!enabled) return;
    this.#locks = globalThis.navigator?.locks;
    if (typeof globalThis.BroadcastChannel !== 'function') return;
    this.#channel = new BroadcastChannel(CHANNEL);
    this.#channel.onmessage = ({ data }) => handlers[data.kind]?.(data.value);
  }

  exclusively(task) {
    return this.#locks ? this.#locks.request(LOCK, task) : task();
  }

  tell(kind, value) {
    this.#channel?.postMessage({ kind, value });
  }

  close() {
    this.#channel?.close();
  }
}
