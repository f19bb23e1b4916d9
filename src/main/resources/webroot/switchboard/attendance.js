/**
 * Who is in a meeting and how it stands, as this client knows it: pure state, no I/O. News may come in any order; what is
 * told with a smaller version than what is known is older, and dropped.
 */
export class Attendance {
  #people = new Map();
  #left = new Map();

  /** The Meeting, null before it is entered. */
  info = null;

  /** Who wants in, for those who lead. */
  waiting = [];

  /** @param me id of this user */
  constructor(me) {
    this.me = me;
  }

  get self() {
    return this.#people.get(this.me);
  }

  /** All who are in it: those who joined first come first. */
  get people() {
    return [...this.#people.values()].sort((a, b) => a.joinedAt.localeCompare(b.joinedAt) || (a.userId < b.userId ? -1 : 1));
  }

  /** Those whose hand is up, in the order of raising. */
  get hands() {
    return this.people.filter(({ hand }) => hand).sort((a, b) => a.handNo - b.handNo);
  }

  /** Whether this user may do what a host may. */
  get leading() {
    return this.info !== null && (this.info.hostId === this.me || this.info.ownerId === this.me);
  }

  find(userId) {
    return this.#people.get(userId);
  }

  /** Takes the whole: a reply, or the event `meeting:state`. Returns whether it was news. */
  state({ meeting, participants, waiting }) {
    if (this.info && meeting.version < this.info.version) return false;
    this.info = meeting;
    this.#people = new Map(participants.map((person) => [person.userId, person]));
    this.#left.clear();
    if (waiting) this.waiting = waiting;
    return true;
  }

  /** This user is not in it: of who is nothing is known. */
  outside(meeting) {
    this.info = meeting;
    this.#people.clear();
    this.#left.clear();
    this.waiting = [];
  }

  /** Takes the meeting's terms, which come without its people. */
  terms(meeting) {
    if (this.info && meeting.version < this.info.version) return;
    this.info = { ...meeting, participants: this.info?.participants ?? [] };
  }

  /** Somebody came, or is otherwise than before. */
  update(person) {
    const known = this.#people.get(person.userId);
    const version = Math.max(known?.version ?? 0, this.#left.get(person.userId) ?? 0);
    if (person.version < version) return;
    this.#people.set(person.userId, person);
  }

  /** Somebody left. Returns whether that was news. */
  leave({ userId, version }) {
    const known = this.#people.get(userId);
    if (known && version < known.version) return false;
    this.#left.set(userId, version);
    return this.#people.delete(userId);
  }
}
