const PREFIX = 'switchboard:outbox:';

/** What waited longer, in milliseconds, is not what its writer would say now. */
const MAX_AGE = 7 * 86_400_000;

let written = 0;

/**
 * Keeps messages that the server has not acknowledged in a `Storage` (`localStorage`), for the page to go on with after a
 * reload. Each is an item of its own, so that tabs do not overwrite each other; two tabs that send the same one send it
 * with the same `clientId`, and it is stored once. Without a storage, or when it is full, nothing is kept.
 */
export class Keep {
  #storage;

  constructor(storage) {
    this.#storage = storage;
  }

  put(userId, roomId, { clientId, content, type, replyTo, createdAt }) {
    const item = { clientId, content, type, replyTo, createdAt, order: ++written };
    this.#try(() => this.#storage?.setItem(key(userId, roomId, clientId), JSON.stringify(item)));
  }

  drop(userId, roomId, clientId) {
    this.#try(() => this.#storage?.removeItem(key(userId, roomId, clientId)));
  }

  /** The messages kept for a room, in the order in which they were written. */
  messages(userId, roomId) {
    const items = this.#keys(`${PREFIX}${userId}:${roomId}:`).map((name) => this.#read(name));
    return items
      .filter(Boolean)
      .sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.order - b.order)
      .map(({ order, ...message }) => message);
  }

  /** Ids of the rooms that messages are kept for. */
  rooms(userId) {
    return [...new Set(this.#keys(`${PREFIX}${userId}:`).map((name) => name.split(':')[3]))];
  }

  /** Forgets everything of a user, or of one room of theirs. */
  clear(userId, roomId) {
    const prefix = roomId ? `${PREFIX}${userId}:${roomId}:` : `${PREFIX}${userId}:`;
    for (const name of this.#keys(prefix)) this.#try(() => this.#storage.removeItem(name));
  }

  #keys(prefix) {
    return this.#try(() => Object.keys(this.#storage ?? {}).filter((name) => name.startsWith(prefix))) ?? [];
  }

  #read(name) {
    const item = this.#try(() => JSON.parse(this.#storage.getItem(name)));
    if (item && Date.now() - Date.parse(item.createdAt) < MAX_AGE) return item;
    this.#try(() => this.#storage.removeItem(name));
    return undefined;
  }

  /** Browsers refuse a storage by throwing, at any call. */
  #try(task) {
    try {
      return task();
    } catch {
      return undefined;
    }
  }
}

function key(userId, roomId, clientId) {
  return `${PREFIX}${userId}:${roomId}:${clientId}`;
}
