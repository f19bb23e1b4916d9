/** Changes of messages that are not loaded, remembered for when they are. */
const MAX_STRAYS = 500;

/**
 * One room's log as this client has it: pure state, no I/O.
 *
 * Events are applied in the order of their numbers, each once, whatever order they arrive in. What comes too early is held
 * until the gap before it is filled. Of a message the highest version wins, so history, resume and live events may overlap.
 */
export class RoomLog {
  #messages = new Map();
  #held = new Map();
  #strays = new Map();
  #sorted = null;
  /** Messages that came as history: whoever asked for them is reading there. */
  #asked = 0;
  #maxMessages;
  #maxHeld;

  /**
   * @param afterSeq the last event already seen in an earlier life, or null to start with the newest messages
   * @param maxMessages messages kept beside those that were asked for as history; beyond it the oldest go and can be loaded
   *     again
   * @param maxHeld events held behind a gap; beyond it the log is `overflowed` and needs a fresh connection
   */
  constructor({ afterSeq = null, maxMessages = 5_000, maxHeld = 1_000 } = {}) {
    this.#maxMessages = maxMessages;
    this.#maxHeld = maxHeld;
    /** Number of the last event applied; null before the first join. */
    this.position = afterSeq;
    /** Every message of the room with a number from here on is known. */
    this.floor = afterSeq === null ? Infinity : afterSeq + 1;
    this.overflowed = false;
  }

  /** True when the room's first message is known: there is no older history. */
  get complete() {
    return this.floor <= 1;
  }

  /** The known messages by their place in the room. The same array until something changes. */
  get messages() {
    this.#sorted ??= [...this.#messages.values()].sort((a, b) => a.seq - b.seq);
    return this.#sorted;
  }

  message(id) {
    return this.#messages.get(id);
  }

  /** Takes a live event. Returns the events that became due, and whether some before the held ones are missing. */
  apply(event) {
    if (this.position !== null && event.seq <= this.position) return { applied: [], gap: this.#held.size > 0 };
    if (this.#held.size >= this.#maxHeld && !this.#held.has(event.seq)) this.overflowed = true;
    else this.#held.set(event.seq, event);
    const applied = this.position === null ? [] : this.#drain();
    return { applied, gap: this.position !== null && this.#held.size > 0 };
  }

  /**
   * Takes the reply to a join. Together with what was held it must hold each event up to `headSeq`; when it does not and
   * `strict` is set nothing changes and `incomplete` is returned, otherwise the server's word is taken.
   * `reset` means that older messages were dropped: the view must be drawn anew.
   */
  joined(reply, { strict = false } = {}) {
    const events = reply.messages.map(asEvent);
    if (this.position === null || reply.recovered === false) return this.#restart(events, reply.headSeq);
    const due = new Map();
    for (const event of [...events, ...this.#held.values()]) {
      if (event.seq > this.position && event.seq <= reply.headSeq) due.set(event.seq, event);
    }
    if (strict && due.size < reply.headSeq - this.position) return { applied: [], reset: false, incomplete: true };
    const applied = [...due.values()].sort((a, b) => a.seq - b.seq);
    for (const event of applied) this.#take(event);
    this.position = Math.max(this.position, reply.headSeq);
    applied.push(...this.#dropStaleAndDrain());
    this.#trim();
    return { applied, reset: false, incomplete: false };
  }

  /** Takes a page of older messages (`next` null: nothing older exists). Returns how many were new. */
  addHistory({ messages, next }) {
    const before = this.#messages.size;
    const lowest = messages.reduce((seq, message) => Math.min(seq, message.seq), this.floor);
    this.floor = next === null || next === undefined || messages.length === 0 ? 1 : lowest;
    for (const message of messages) this.#upsert(this.#newer(message));
    const added = this.#messages.size - before;
    this.#asked += added;
    return added;
  }

  #restart(events, headSeq) {
    this.#messages.clear();
    this.#sorted = null;
    this.#asked = 0;
    this.overflowed = false;
    const first = events.reduce((seq, event) => Math.min(seq, event.seq), headSeq + 1);
    this.floor = first;
    for (const event of events) this.#take(event);
    this.position = headSeq;
    this.#dropStaleAndDrain();
    return { applied: [], reset: true, incomplete: false };
  }

  #dropStaleAndDrain() {
    for (const seq of [...this.#held.keys()]) if (seq <= this.position) this.#held.delete(seq);
    return this.#drain();
  }

  #drain() {
    const applied = [];
    for (let event; (event = this.#held.get(this.position + 1));) {
      this.#held.delete(event.seq);
      this.position = event.seq;
      this.#take(event);
      applied.push(event);
    }
    if (this.#held.size === 0) this.overflowed = false;
    this.#trim();
    return applied;
  }

  #take(event) {
    if (event.data?.id && Number.isInteger(event.data.seq)) this.#upsert(event.data);
  }

  /**
   * A change of a message from before the floor is not shown: its neighbours are unknown. It is remembered, because a
   * page of history that was read before the change may arrive after it.
   */
  #upsert(message) {
    const known = this.#messages.get(message.id);
    if (known && (message.version ?? 0) <= (known.version ?? 0)) return;
    if (!known && message.seq < this.floor) return this.#remember(message);
    this.#messages.set(message.id, message);
    this.#sorted = null;
    return undefined;
  }

  #remember(message) {
    this.#strays.set(message.id, message);
    if (this.#strays.size > MAX_STRAYS) this.#strays.delete(this.#strays.keys().next().value);
  }

  #newer(message) {
    const stray = this.#strays.get(message.id);
    this.#strays.delete(message.id);
    return stray && (stray.version ?? 0) > (message.version ?? 0) ? stray : message;
  }

  #trim() {
    if (this.#messages.size <= this.#maxMessages + this.#asked) return;
    const keep = this.messages.slice(-Math.ceil(this.#maxMessages * 0.9) - this.#asked);
    this.#messages = new Map(keep.map((message) => [message.id, message]));
    this.floor = keep[0].seq;
    this.#sorted = keep;
  }
}

/** A join may list the newest messages themselves instead of their events. */
function asEvent(item) {
  if (item.data) return item;
  return { type: 'message:new', roomId: item.roomId, seq: item.seq, at: item.createdAt, data: item };
}
