/** Conversations over the HTTP door. Each call rejects with a SwitchboardError. */
export class Conversations {
  #call;

  /** @param call `(method, path, {query, body}) => Promise`, authenticated */
  constructor(call) {
    this.#call = call;
  }

  /** One page: `{items, next}`; give `next` back as `cursor` for the following one. */
  list({ cursor, limit, slug } = {}) {
    return this.#call('GET', '/conversations', { query: { cursor, limit, slug } });
  }

  /** The public channel with this short name, or undefined. */
  async bySlug(slug) {
    return (await this.list({ slug })).items[0];
  }

  /** Public channels by title, those whose title holds `query`: `{items, next}`; `member` says who is in. */
  channels({ query, cursor, limit } = {}) {
    return this.#call('GET', '/channels', { query: { query, cursor, limit } });
  }

  /** Members whose name begins with `query`, in rooms of any size: `{items, next}`. */
  members(id, { query, cursor, limit } = {}) {
    return this.#call('GET', `${path(id)}/members`, { query: { query, cursor, limit } });
  }

  get(id) {
    return this.#call('GET', path(id));
  }

  /** `{kind, title?, memberIds}`; a direct conversation that exists already is returned as it is. */
  create(conversation) {
    return this.#call('POST', '/conversations', { body: conversation });
  }

  update(id, changes) {
    return this.#call('PUT', path(id), { body: changes });
  }

  remove(id) {
    return this.#call('DELETE', path(id));
  }

  addMembers(id, userIds) {
    return this.#call('POST', `${path(id)}/members`, { body: { userIds } });
  }

  removeMember(id, userId) {
    return this.#call('DELETE', `${path(id)}/members/${encodeURIComponent(userId)}`);
  }

  /** A page of messages without joining: `{messages, next}`, `before` and `after` being message numbers. */
  messages(id, { before, after, limit } = {}) {
    return this.#call('GET', '/messages', { query: { conversationId: id, before, after, limit } });
  }

  /** Marks everything up to this message as read: `{unread}`. */
  markRead(messageId) {
    return this.#call('POST', `/messages/${encodeURIComponent(messageId)}/read`, { body: {} });
  }
}

/** Accounts over the HTTP door. */
export class Users {
  #call;

  constructor(call) {
    this.#call = call;
  }

  me() {
    return this.#call('GET', '/users/me');
  }

  updateMe(changes) {
    return this.#call('PUT', '/users/me', { body: changes });
  }

  removeMe() {
    return this.#call('DELETE', '/users/me');
  }

  /** Where this user is signed in: `[{id, createdAt, lastUsedAt, userAgent, current}]`. */
  async sessions() {
    return (await this.#call('GET', '/users/me/sessions')).items;
  }

  /** Signs out one device. */
  revokeSession(id) {
    return this.#call('DELETE', `/users/me/sessions/${encodeURIComponent(id)}`);
  }

  /** Signs out all devices but this one. */
  async revokeOtherSessions() {
    for (const { id, current } of await this.sessions()) {
      if (current) continue;
      // One that ended meanwhile is what was wanted.
      await this.revokeSession(id).catch((error) => error.code !== 'not_found' && Promise.reject(error));
    }
  }

  get(id) {
    return this.#call('GET', `/users/${encodeURIComponent(id)}`);
  }

  /** People whose name begins with or contains `query`: `{items, next}`. */
  search(query, { cursor, limit } = {}) {
    return this.#call('GET', '/users', { query: { query, cursor, limit } });
  }
}

function path(id) {
  return `/conversations/${encodeURIComponent(id)}`;
}
