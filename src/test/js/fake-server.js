/** A node as a browser sees it, in memory: the auth routes of HTTP and the raw event-bus door with one kind of room. */
export class FakeServer {
  #rooms = new Map();
  #serial = 0;

  /** Access tokens by their text; whatever is not in here is refused. */
  tokens = new Map();
  sockets = new Set();
  /** Frames that arrived, for assertions. */
  frames = [];
  /** Requests by HTTP, `METHOD path`. */
  requests = [];
  /** Return 'kill' to end the socket instead of handling the frame, or a function that handles it. */
  before = () => undefined;
  /** Return 'kill' to end the socket after the frame took effect and before the answer leaves. */
  after = () => undefined;
  tokenLife = 900;

  constructor() {
    const server = this;
    this.WebSocket = class extends FakeSocket {
      constructor(url) {
        super(url, server);
      }
    };
    this.fetch = (url, options) => this.#http(new URL(url), options);
  }

  room(id) {
    if (!this.#rooms.has(id)) this.#rooms.set(id, { id, log: [], sent: new Map() });
    return this.#rooms.get(id);
  }

  /** Appends an event to a room as some other node would, and tells who listens. */
  append(id, type, message) {
    const room = this.room(id);
    const seq = room.log.length + 1;
    const data = { deleted: false, version: 1, type: 'text', roomId: id, ...message, seq: message.seq ?? seq };
    data.id ??= `m${data.seq}`;
    const event = { type, roomId: id, seq, at: new Date().toISOString(), data };
    room.log.push(event);
    for (const socket of this.sockets) socket.feed(event);
    return event;
  }

  handle(socket, frame) {
    this.frames.push(frame);
    const verdict = this.before(frame, socket);
    if (verdict === 'kill') return socket.drop();
    if (typeof verdict === 'function') return verdict();
    if (frame.type === 'ping') return undefined;
    let answer;
    try {
      answer = { type: 'rec', address: frame.replyAddress, body: this.#answer(socket, frame) };
    } catch (fault) {
      const [failureCode, message] = fault;
      answer = { type: 'err', address: frame.replyAddress, failureCode, failureType: 'RECIPIENT_FAILURE', message };
    }
    if (this.after(frame, socket) === 'kill') return socket.drop();
    return socket.push(answer);
  }

  #answer(socket, { type, address, body }) {
    if (type === 'register') return socket.addresses.add(address) && { address, registered: true };
    if (type === 'unregister') return socket.addresses.delete(address) || { address, registered: false };
    if (address === 'auth') {
      socket.user = this.tokens.get(body.token);
      if (!socket.user) throw [401, 'token_expired: The token has expired'];
      return { user: socket.user, socketId: socket.id, resumeToken: 'resume', expiresAt: new Date().toISOString() };
    }
    if (!socket.user) throw [401, 'unauthorized: Sign in first'];
    const room = this.room(body.conversationId);
    if (address === 'join:conversation') return this.#join(socket, room, body);
    if (address === 'message:send') return this.#send(socket.user, room, body);
    if (address === 'message:history') return history(room, body);
    return {};
  }

  #join(socket, room, { afterSeq }) {
    socket.positions.set(room.id, room.log.length);
    const missed = afterSeq === undefined ? room.log.slice(-50) : room.log.slice(afterSeq);
    const recovered = missed.length <= 500;
    const messages = recovered ? missed : missed.slice(-50);
    return {
      conversationId: room.id,
      headSeq: room.log.length,
      messages,
      recovered,
      members: [],
      memberCount: 0,
      online: [],
      onlineCount: 0,
    };
  }

  #send(user, room, { clientId, content }) {
    const known = room.sent.get(clientId);
    if (known) return { ...known, duplicate: true };
    const { data } = this.append(room.id, 'message:new', { senderId: user.id, senderName: user.username, clientId, content });
    const reply = { id: data.id, seq: data.seq, createdAt: new Date().toISOString() };
    room.sent.set(clientId, reply);
    return { ...reply, duplicate: false };
  }

  async #http(url, { method, body }) {
    const path = url.pathname.replace('/api/v1', '');
    this.requests.push(`${method} ${path}`);
    const user = { id: 'u1', username: 'ann' };
    if (path === '/auth/refresh' && this.refreshAnswer) return this.refreshAnswer(JSON.parse(body));
    if (path.startsWith('/auth/')) return json(200, this.issue(user));
    return json(404, { code: 'not_found', message: 'No such thing' });
  }

  issue(user) {
    const accessToken = `token-${++this.#serial}`;
    this.tokens.set(accessToken, user);
    return { user, accessToken, refreshToken: `refresh-${this.#serial}`, tokenType: 'Bearer', expiresIn: this.tokenLife };
  }
}

export function json(status, body) {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
}

function history(room, { before = Infinity, limit = 50 }) {
  const older = room.log.filter(({ type, data }) => type === 'message:new' && data.seq < before).map(({ data }) => data);
  const messages = older.slice(-limit);
  return { messages, next: older.length > messages.length ? messages[0].seq : null };
}

let sockets = 0;

class FakeSocket {
  readyState = 0;
  addresses = new Set();
  /** Room id to the number of the last event that went out, as the door keeps it. */
  positions = new Map();
  id = `s${++sockets}`;

  constructor(url, server) {
    this.url = url;
    this.server = server;
    queueMicrotask(() => this.#open());
  }

  #open() {
    if (this.readyState !== 0 || this.server.down) return this.drop();
    this.readyState = 1;
    this.server.sockets.add(this);
    this.onopen?.();
    return undefined;
  }

  send(text) {
    queueMicrotask(() => this.readyState === 1 && this.server.handle(this, JSON.parse(text)));
  }

  close(code = 1005) {
    this.drop(code);
  }

  /** Ends the socket from the server's side. */
  drop(code = 1006, reason = '') {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.server.sockets.delete(this);
    queueMicrotask(() => this.onclose?.({ code, reason }));
  }

  push(frame) {
    queueMicrotask(() => this.readyState === 1 && this.onmessage?.({ data: JSON.stringify(frame) }));
  }

  feed(event) {
    const address = `room:${event.roomId}`;
    const position = this.positions.get(event.roomId);
    if (!this.addresses.has(address) || (position !== undefined && event.seq <= position)) return;
    this.positions.set(event.roomId, event.seq);
    this.push({ type: 'rec', address, body: event });
  }
}
