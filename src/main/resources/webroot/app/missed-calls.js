import { Emitter } from '/switchboard/emitter.js';

/** So many are known, the latest. */
const KNOWN = 50;

/**
 * The calls that this user missed, the latest first: told as they happen, and asked for whenever the connection is there
 * again, because what was told meanwhile is lost. Events: `change`, `missed` (one that was missed just now).
 */
export class MissedCalls extends Emitter {
  #sb;
  #known = new Map();
  #off;

  constructor(sb) {
    super();
    this.#sb = sb;
    this.#off = sb.on('notification:new', ({ data }) => data.kind === 'missed_call' && this.#told(data));
  }

  /** `[{id, fromId, fromName, at, read}]`; without `fromId` when the account of whoever called is gone. */
  get all() {
    return [...this.#known.values()].sort((a, b) => b.at.localeCompare(a.at));
  }

  /** How many of them nobody has looked at. */
  get unread() {
    return this.all.filter(({ read }) => !read).length;
  }

  async load() {
    const { items } = await this.#sb.request('notification:list', { limit: KNOWN });
    for (const { id, kind, fromId, fromName, createdAt, readAt } of items) {
      if (kind === 'missed_call') this.#keep({ id, fromId, fromName, at: createdAt, read: Boolean(readAt) });
    }
    this.emit('change');
  }

  /** This user has them before their eyes. */
  async seen() {
    for (const call of this.all.filter(({ read }) => !read)) {
      await this.#sb.request('notification:read', { notificationId: call.id });
      // Asked for anew meanwhile, it may be another object.
      this.#keep({ ...call, read: true });
      this.emit('change');
    }
  }

  end() {
    this.#off();
  }

  #keep(call) {
    this.#known.set(call.id, call);
    for (const { id } of this.all.slice(KNOWN)) this.#known.delete(id);
  }

  /** It may be told more than once. */
  #told({ id, fromId, fromName, at }) {
    if (this.#known.has(id)) return;
    const call = { id, fromId, fromName, at, read: false };
    this.#keep(call);
    this.emit('missed', call);
    this.emit('change');
  }
}
