import { fullJitter } from './backoff.js';
import { offlineError } from './errors.js';
import { RoomLog } from './room-log.js';

/** After this long without a new gap, in milliseconds, the next one is filled at once again. */
const CALM = 60_000;

/** Keeps one room's log whole: joins, joins again from where it was after each loss or gap, and loads history. */
export class Feed {
  #connection;
  #id;
  #log;
  #hooks;
  #joining = false;
  #joinTimer;
  #lastGap = 0;
  #gaps = 0;
  #historyLoad = null;

  /**
   * @param hooks.joined called with `(reply, reset)` after each join, before the events that it brought
   * @param hooks.events called with the events that became due, in order
   * @param hooks.refused called with the error when the room cannot be joined
   */
  constructor(connection, id, afterSeq, hooks) {
    this.#connection = connection;
    this.#id = id;
    this.#log = new RoomLog({ afterSeq });
    this.#hooks = hooks;
  }

  get messages() {
    return this.#log.messages;
  }

  get position() {
    return this.#log.position;
  }

  get complete() {
    return this.#log.complete;
  }

  /** Join and register go out together: neither waits for the other. */
  enter() {
    const { socket } = this.#connection;
    if (!socket) return;
    this.#join({ fresh: true });
    socket.register(`room:${this.#id}`).catch((error) => this.#failed(socket, error, () => this.enter()));
  }

  leave() {
    this.pause();
    const { socket } = this.#connection;
    socket?.unregister(`room:${this.#id}`).catch(() => {});
    socket?.request('leave:conversation', { conversationId: this.#id }).catch(() => {});
  }

  pause() {
    clearTimeout(this.#joinTimer);
    this.#joining = false;
  }

  receive(event) {
    const { applied, gap } = this.#log.apply(event);
    this.#hooks.events(applied);
    if (this.#log.overflowed) this.#connection.restart('too much was missed');
    else if (gap && !this.#joining) this.#joinAfter(this.#gapDelay(), () => this.#join({ fresh: false }));
  }

  /** Loads older messages, at most `limit`, in front of those known. Calls while one is under way share it. */
  history(limit) {
    const before = this.#log.floor;
    if (this.complete || this.position === null) return Promise.resolve({ added: 0, complete: this.complete });
    const { socket } = this.#connection;
    if (!socket) return Promise.reject(offlineError());
    this.#historyLoad ??= socket
      .request('message:history', { conversationId: this.#id, before, limit })
      .then((page) => {
        // A reload of the room in the meantime would leave a hole between this page and what is there now.
        const added = before === this.#log.floor ? this.#log.addHistory(page) : 0;
        return { added, complete: this.complete };
      })
      .finally(() => {
        this.#historyLoad = null;
      });
    return this.#historyLoad;
  }

  async #join({ fresh }) {
    const { socket } = this.#connection;
    if (!socket || this.#joining) return;
    this.#joining = true;
    try {
      const body = { conversationId: this.#id, afterSeq: this.position ?? undefined };
      const reply = await socket.request('join:conversation', body);
      if (socket === this.#connection.socket && this.#joining) this.#joined(reply, fresh);
    } catch (error) {
      this.#failed(socket, error, () => (fresh ? this.enter() : this.#join({ fresh })));
    }
  }

  #joined(reply, fresh) {
    this.#joining = false;
    // On a socket that was live already the server may leave out what it has sent: if that is lost, start over.
    const { applied, reset, incomplete } = this.#log.joined(reply, { strict: !fresh });
    if (incomplete) return this.#connection.restart('the missing events cannot be had on this connection');
    this.#hooks.joined(reply, reset);
    this.#hooks.events(applied);
    return undefined;
  }

  #failed(socket, error, again) {
    if (socket !== this.#connection.socket) return;
    this.#joining = false;
    if (error.retryable) this.#joinAfter(this.#gapDelay(), again);
    else this.#hooks.refused(error);
  }

  #joinAfter(milliseconds, task) {
    clearTimeout(this.#joinTimer);
    this.#joinTimer = setTimeout(task, milliseconds);
  }

  /** The first gap is filled at once; if they go on, less and less often. */
  #gapDelay() {
    const now = Date.now();
    if (now - this.#lastGap > CALM) this.#gaps = 0;
    this.#lastGap = now;
    return this.#gaps++ === 0 ? 0 : fullJitter(this.#gaps - 1);
  }
}
