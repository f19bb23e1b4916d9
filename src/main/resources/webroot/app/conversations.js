import { Emitter } from '/switchboard/emitter.js';

/** So many conversations, the liveliest, are followed while they are not open: that brings presence and last messages. */
const FOLLOWED = 20;

/** Pages of the list that are loaded at most. */
const MAX_PAGES = 10;

/**
 * The user's conversations as the list shows them, kept current by events. Event: `change`.
 * Each entry adds to the server's `Conversation`: `name`, `other` (the other member of a direct one), `online`.
 */
export class Conversations extends Emitter {
  #sb;
  #entries = new Map();
  /** Number of the newest message that the unread count of an entry includes. */
  #counted = new Map();
  /** The rooms that this list hears, and how to end that: rooms outlive a session that expired. */
  #followed = new Map();
  #offs = [];
  loaded = false;

  /** @param isReading tells whether the user has this conversation before their eyes */
  constructor(sb, isReading) {
    super();
    this.#sb = sb;
    this.isReading = isReading;
    this.#offs = [
      sb.on('notification:new', ({ data, at }) => this.#notified(data, at)),
      sb.on('conversation:added', ({ data }) => this.#add(data)),
      sb.on('conversation:removed', ({ data }) => this.#remove(data.conversationId)),
    ];
  }

  /** By the time of the last message, the newest first. */
  get sorted() {
    const at = (entry) => entry.lastMessage?.createdAt ?? entry.createdAt ?? '';
    return [...this.#entries.values()].sort((a, b) => at(b).localeCompare(at(a)));
  }

  get unread() {
    return [...this.#entries.values()].reduce((sum, { unread }) => sum + unread, 0);
  }

  get(id) {
    return this.#entries.get(id);
  }

  /** Loads the list, or brings it up to date after a time offline. */
  async load() {
    let cursor;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const { items, next } = await this.#sb.conversations.list({ cursor, limit: 100 });
      items.forEach((item) => this.#put(item));
      if (!next) break;
      cursor = next;
    }
    // Who is nowhere meets the others in General; who left it, and is elsewhere, is not brought back.
    if (this.#entries.size === 0) {
      const general = await this.#sb.conversations.bySlug('general');
      if (general) this.#put(general);
    }
    this.loaded = true;
    for (const { id } of this.sorted.slice(0, FOLLOWED)) this.follow(id);
    for (const id of this.#sb.waiting) this.follow(id);
    this.emit('change');
  }

  /** The live room of a conversation; joins it the first time. */
  follow(id) {
    const room = this.#sb.join(id);
    if (!this.#followed.has(room)) this.#followed.set(room, this.#hear(room));
    return room;
  }

  #hear(room) {
    const { id } = room;
    return [
      room.on('message:new', ({ data }) => this.#messageCame(id, data)),
      room.on('joined', () => this.#latest(room)),
      room.on('message:updated', () => this.#latest(room)),
      room.on('message:deleted', () => this.#latest(room)),
      room.on('roster', () => this.emit('change')),
      room.on('unread', (unread) => this.#change(id, { unread })),
      room.on('conversation:updated', ({ data }) => this.#updated(id, data)),
      room.on('message:read', ({ data }) => data.userId === this.#sb.user?.id && this.#readElsewhere(room, data.seq)),
      room.on('closed', (error) => this.#closed(room, error)),
    ];
  }

  async createChannel(title) {
    return this.#made(await this.#sb.conversations.create({ kind: 'channel', title, memberIds: [] }));
  }

  /** Makes the user a member of a channel. */
  async enter(id, userId) {
    return this.#made(await this.#sb.conversations.addMembers(id, [userId]));
  }

  async create({ people, title }) {
    const memberIds = people.map(({ id }) => id);
    const kind = people.length === 1 ? 'direct' : 'group';
    return this.#made(await this.#sb.conversations.create({ kind, title: title || undefined, memberIds }));
  }

  #made(conversation) {
    this.#add(conversation);
    return conversation.id;
  }

  dispose() {
    for (const offs of [this.#offs, ...this.#followed.values()]) offs.forEach((off) => off());
  }

  #add(conversation) {
    if (!this.#entries.has(conversation.id)) this.#put(conversation);
    this.follow(conversation.id);
    this.emit('change');
  }

  #put(conversation) {
    const known = this.#entries.get(conversation.id);
    const counted = this.#counted.get(conversation.id) ?? 0;
    // What came live while the list was on its way is newer than the list.
    const stale = known && counted > conversation.headSeq;
    const entry = Object.assign(
      known ?? this.#entry(),
      conversation,
      stale ? { unread: known.unread, lastMessage: known.lastMessage } : {},
    );
    entry.unread ??= 0;
    entry.other = entry.kind === 'direct' ? entry.members?.find(({ userId }) => userId !== this.#sb.user.id) : undefined;
    this.#counted.set(entry.id, Math.max(counted, conversation.headSeq));
    this.#entries.set(entry.id, entry);
  }

  #entry() {
    const sb = this.#sb;
    return {
      get name() {
        return this.kind === 'direct' ? (this.other?.username ?? (this.title || 'Deleted account')) : this.title || 'Group';
      },
      get online() {
        return sb.rooms.find((room) => room.id === this.id)?.roster.online.has(this.other?.userId) ?? false;
      },
    };
  }

  /** Whoever was removed without a connection hears it when the room is entered again. */
  #closed(room, { code }) {
    this.#followed.delete(room);
    if (code === 'not_a_member' || code === 'not_found') this.#remove(room.id);
  }

  #remove(id) {
    this.#entries.delete(id);
    this.#counted.delete(id);
    this.emit('change');
  }

  #change(id, changes) {
    const entry = this.#entries.get(id);
    if (!entry) return;
    Object.assign(entry, changes);
    this.emit('change');
  }

  #updated(id, { title, members, memberCount }) {
    const changes = { title, members, memberCount };
    for (const name of Object.keys(changes)) if (changes[name] === undefined) delete changes[name];
    this.#change(id, changes);
  }

  /** Messages of rooms that are followed come whole, those of others as notifications; neither is counted twice. */
  #messageCame(id, message) {
    if (!this.#countsAnew(id, message.seq)) return;
    const entry = this.#entries.get(id);
    const own = message.senderId === this.#sb.user?.id;
    if (!own && !this.isReading(id)) entry.unread += 1;
    this.#change(id, { lastMessage: message });
  }

  #notified({ kind, conversationId, messageId, seq, senderName, preview }, at) {
    if (kind !== 'message' || !this.#countsAnew(conversationId, seq)) return;
    const lastMessage = { id: messageId, seq, senderName, content: preview ?? '', createdAt: at };
    this.#change(conversationId, { lastMessage, unread: this.#entries.get(conversationId).unread + 1 });
  }

  #countsAnew(id, seq) {
    if (!this.#entries.has(id) || seq <= (this.#counted.get(id) ?? 0)) return false;
    this.#counted.set(id, seq);
    return true;
  }

  #latest(room) {
    const last = room.messages.at(-1);
    const shown = this.#entries.get(room.id)?.lastMessage;
    if (last && last.seq >= (shown?.seq ?? 0)) this.#change(room.id, { lastMessage: last });
  }

  #readElsewhere(room, seq) {
    const later = room.messages.filter((message) => message.seq > seq && message.senderId !== this.#sb.user.id);
    this.#change(room.id, { unread: later.length });
  }
}
