/**
 * Who belongs to a room, who is there, and how far each has read. In large rooms (more than 200 members) the server sends
 * numbers instead of people; then `members` is null and `online` is empty.
 */
export class Roster {
  #readSeq = new Map();

  constructor() {
    this.members = null;
    this.memberCount = 0;
    this.online = new Set();
    this.onlineCount = 0;
  }

  /** Takes the state that comes whole with each join. */
  joined({ members, memberCount, online, onlineCount }) {
    this.members = Array.isArray(members) ? [...members] : null;
    this.memberCount = memberCount ?? this.members?.length ?? 0;
    this.online = new Set(Array.isArray(online) ? online : []);
    this.onlineCount = onlineCount ?? (Array.isArray(online) ? online.length : (online ?? 0));
    this.#readMarkers();
  }

  /** Returns whether that concerns this room. */
  presence(userId, online) {
    const here = this.members?.some((member) => member.userId === userId);
    if (online ? !here || this.online.has(userId) : !this.online.has(userId)) return false;
    if (online) this.online.add(userId);
    else this.online.delete(userId);
    this.onlineCount = this.online.size;
    return true;
  }

  /** What changed, as the server says: people, or in large rooms the gathered counts. */
  updated({ memberCount, onlineCount, members }) {
    if (Array.isArray(members)) {
      this.members = [...members];
      this.#readMarkers();
    }
    this.memberCount = memberCount ?? this.memberCount;
    this.onlineCount = onlineCount ?? this.onlineCount;
  }

  read(userId, seq) {
    this.#readSeq.set(userId, Math.max(seq, this.#readSeq.get(userId) ?? 0));
  }

  /** The number of the last message that the user is known to have read, 0 when nothing is known. */
  readSeq(userId) {
    return this.#readSeq.get(userId) ?? 0;
  }

  #readMarkers() {
    for (const { userId, readSeq } of this.members ?? []) if (readSeq) this.read(userId, readSeq);
  }

  /** Ids of those known to have read the message with this number. */
  readers(seq) {
    return [...this.#readSeq].filter(([, read]) => read >= seq).map(([userId]) => userId);
  }
}
