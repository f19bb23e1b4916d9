import { Emitter } from './emitter.js';

/** While somebody goes on writing the server is told again after this long; it forgets by itself after 10 s. */
const REPEAT = 4_000;

/** After this long without a key nobody is writing any more. */
const PAUSE = 5_000;

/** What the server forgets after 10 s is forgotten here a little later, should its event be missed. */
const EXPIRY = 12_000;

/** Says that this user is writing: once, then again every few seconds, and that they stopped. */
export class TypingOut {
  #tell;
  #toldAt = 0;
  #pause;

  /** @param tell called with true or false when the server is to be told */
  constructor(tell) {
    this.#tell = tell;
  }

  typing(active = true) {
    clearTimeout(this.#pause);
    if (!active) return this.stop();
    this.#pause = setTimeout(() => this.stop(), PAUSE);
    if (Date.now() - this.#toldAt < REPEAT) return undefined;
    this.#toldAt = Date.now();
    return this.#tell(true);
  }

  stop() {
    clearTimeout(this.#pause);
    if (this.#toldAt === 0) return;
    this.#toldAt = 0;
    this.#tell(false);
  }

  /** A message was sent: every client takes its writer for done, so nothing is told. */
  sent() {
    clearTimeout(this.#pause);
    this.#toldAt = 0;
  }
}

/** Who is writing at the moment. Event: `change`. */
export class TypingIn extends Emitter {
  #people = new Map();

  /** `[{userId, username}]` in the order in which they began. */
  get people() {
    return [...this.#people.values()].map(({ userId, username }) => ({ userId, username }));
  }

  started({ userId, username }) {
    const known = this.#people.get(userId);
    clearTimeout(known?.timer);
    const timer = setTimeout(() => this.stopped({ userId }), EXPIRY);
    this.#people.set(userId, { userId, username, timer });
    if (!known) this.emit('change');
  }

  stopped({ userId }) {
    clearTimeout(this.#people.get(userId)?.timer);
    if (this.#people.delete(userId)) this.emit('change');
  }

  clear() {
    for (const { timer } of this.#people.values()) clearTimeout(timer);
    const any = this.#people.size > 0;
    this.#people.clear();
    if (any) this.emit('change');
  }
}
