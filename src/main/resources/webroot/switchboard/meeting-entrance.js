import { fullJitter } from './backoff.js';

/** How often it is tried again when the server is busy. */
const TRIES = 5;

/** Gets a client into a meeting, and into it again after each loss. */
export class MeetingEntrance {
  #connection;
  #id;
  #inside;
  #hooks;
  #resume;
  #attempt = 0;
  #timer;
  #closed = false;

  /**
   * @param inside `{request, servers}`
   * @param hooks.joining called with each try; returns the number of the last message known, if any
   * @param hooks.joined called with `(reply, servers)`; `servers` is a promise of fresh ICE servers
   * @param hooks.waits called with the reply of the lobby
   * @param hooks.refused called with `(reason, error)` when there is no way in
   */
  constructor(connection, id, inside, hooks) {
    this.#connection = connection;
    this.#id = id;
    this.#inside = inside;
    this.#hooks = hooks;
  }

  async enter() {
    const { socket } = this.#connection;
    if (!socket || this.#closed) return;
    this.pause();
    const afterSeq = this.#hooks.joining();
    const { servers, request } = this.#inside;
    const fresh = servers();
    const resume = this.#resume;
    this.#resume = this.#connection.resumeToken;
    try {
      // Both go out together; the server handles them in order.
      const joined = request('meeting:join', { meetingId: this.#id, afterSeq, resume });
      socket.register(this.#room).catch(() => {});
      const reply = await joined;
      if (socket !== this.#connection.socket || this.#closed) return;
      this.#attempt = 0;
      if (reply.entry === 'waiting') return this.#hooks.waits(reply);
      // The first one may have come before there was a seat, when it waited in the lobby. Without it nothing is heard.
      socket.register(this.#room).catch((error) => this.#failed(error, socket));
      await this.#hooks.joined(reply, fresh);
    } catch (error) {
      this.#failed(error, socket);
    }
  }

  /** Tries no more until it is told to. */
  pause() {
    clearTimeout(this.#timer);
  }

  close() {
    this.pause();
    this.#closed = true;
    this.#connection.socket?.unregister(this.#room).catch(() => {});
  }

  get #room() {
    return `room:${this.#id}`;
  }

  #failed(error, socket) {
    if (this.#closed || socket !== this.#connection.socket || error.code === 'offline') return;
    this.pause();
    // `conflict`: another device of this user has taken the seat.
    if (error.code === 'conflict') this.#hooks.refused('replaced', error);
    else if (error.retryable && this.#attempt < TRIES) this.#timer = setTimeout(() => this.enter(), fullJitter(this.#attempt++));
    else this.#hooks.refused(error.code, error);
  }
}
