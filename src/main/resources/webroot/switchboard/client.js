import { Calls } from './calls.js';
import { Connection } from './connection.js';
import { Emitter } from './emitter.js';
import { offlineError, roomClosed } from './errors.js';
import { Http } from './http.js';
import { Keep } from './keep.js';
import { Meetings } from './meetings.js';
import { Conversations, Users } from './resources.js';
import { Room } from './room.js';
import { Session } from './session.js';

/** How long a request may take, in milliseconds, when the application does not say. */
const REQUEST_TIMEOUT = 10_000;

/** Rooms that are entered when the connection is there, and in each second after that: sockets that send more are closed. */
const ENTERED_AT_ONCE = 60;
const ENTERED_LATER = 30;

/**
 * The client of one Switchboard cluster: accounts, one connection, any number of rooms.
 * Options, events and types: `switchboard.d.ts`; a guide: `docs/client.md`.
 */
export class Switchboard extends Emitter {
  #http;
  #session;
  #connection;
  #rooms = new Map();
  #listeners = new Map();
  #owner;
  #keep;
  #entering;
  #hangUp = () => {
    this.calls.end();
    this.meetings.end();
  };

  constructor({
    url,
    token,
    session,
    storage,
    fetch = globalThis.fetch,
    WebSocket = globalThis.WebSocket,
    timeout = REQUEST_TIMEOUT,
  } = {}) {
    super();
    const page = globalThis.location;
    const base = new URL(url ?? page?.origin ?? 'http://localhost:8080');
    const sameOrigin = base.origin === page?.origin;
    this.#http = new Http({ base, fetch, timeout, sameOrigin });
    this.#session = new Session({ http: this.#http, byCookie: sameOrigin, token, session });
    const bus = new URL('/eventbus/websocket', base);
    bus.protocol = base.protocol === 'https:' ? 'wss:' : 'ws:';
    this.#connection = new Connection(this.#session, { url: bus.href, WebSocket, timeout });
    this.#connection.on('state', (change) => this.#stateChanged(change));
    this.#connection.on('event', (address, body) => this.#dispatch(address, body));
    this.#session.on('changed', (value) => this.#sessionChanged(value));
    this.#keep = new Keep(storage);
    const call = (method, path, options) => this.http(method, path, options);
    this.conversations = new Conversations(call);
    this.users = new Users(call);
    this.calls = new Calls(this);
    this.meetings = new Meetings(this, this.#connection);
    // Whoever closes the page hangs up; the others need not wait to find out.
    if (page) globalThis.addEventListener?.('pagehide', this.#hangUp);
  }

  /** `idle`, `connecting`, `online`, `offline`, `unauthorized` or `closed`. */
  get state() {
    return this.#connection.state;
  }

  /** Who is signed in, or undefined. */
  get user() {
    return this.#session.current?.user;
  }

  /** `{user, accessToken, refreshToken?, expiresAt}` or null. Whoever keeps it keeps it like a password. */
  get session() {
    return this.#session.current;
  }

  get socketId() {
    return this.#connection.socket ? this.#connection.socketId : undefined;
  }

  /** The rooms joined at present. */
  get rooms() {
    return [...this.#rooms.values()];
  }

  /** Ids of the conversations with messages that an earlier life of the page could not send: `join` sends them. */
  get waiting() {
    return this.user ? this.#keep.rooms(this.user.id) : [];
  }

  /** Makes an account and signs in: `{username, email, password, displayName?, phoneNumber?}`. Resolves to the User. */
  register(account) {
    return this.#session.signIn('/auth/register', account);
  }

  /** `{username or email, password}`. Resolves to the User. */
  login(credentials) {
    return this.#session.signIn('/auth/login', credentials);
  }

  /** Takes up or renews the session: by cookie in a page of the node itself, else by the refresh token. */
  async refresh() {
    await this.#session.refresh();
    return this.user;
  }

  /** Signs out here, in the other tabs and on the server; here even when the server cannot be reached. */
  async logout() {
    this.#closeRooms('Signed out');
    this.#hangUp();
    if (this.user) this.#keep.clear(this.user.id);
    await this.#session.logout();
  }

  /** Changes what others see of this user, or how they sign in. Resolves to the User as it is then. */
  async updateProfile(changes) {
    const user = await this.users.updateMe(changes);
    this.#session.profile(user);
    return user;
  }

  /** Signs out on every device: ends all other sessions of this user, then this one. */
  async logoutEverywhere() {
    await this.users.revokeOtherSessions();
    await this.logout();
  }

  /** Connects and stays connected. Resolves at the first `online`. */
  connect() {
    return this.#connection.connect();
  }

  /** Disconnects; rooms keep their place and go on with the next `connect`. */
  disconnect() {
    this.#connection.disconnect();
  }

  /** Leaves everything and frees timers; the client cannot be used afterwards. */
  dispose() {
    this.#closeRooms('The client was disposed of', { forget: false });
    this.#hangUp();
    globalThis.removeEventListener?.('pagehide', this.#hangUp);
    this.disconnect();
    this.#session.dispose();
  }

  /** The live conversation; the same object while it is joined. `afterSeq` goes on from an earlier `room.position`. */
  join(conversationId, { afterSeq } = {}) {
    const known = this.#rooms.get(conversationId);
    if (known) return known;
    const room = new Room(this.#connection, conversationId, { afterSeq, me: () => this.user?.id ?? this.#owner, keep: this.#keep });
    this.#rooms.set(conversationId, room);
    room.once('closed', () => this.#rooms.delete(conversationId));
    return room;
  }

  /** Any operation of the event bus by its address. */
  request(address, body = {}) {
    const { socket } = this.#connection;
    return socket ? socket.request(address, body) : Promise.reject(offlineError());
  }

  /** Any operation of the HTTP door, `path` being under `/api/v1`; an expired token is renewed once. */
  async http(method, path, { body, query } = {}) {
    const send = async (force) => {
      const token = await this.#session.accessToken({ force });
      const options = { body, query, token };
      return method === 'POST' ? this.#http.requestOnce(method, path, options) : this.#http.request(method, path, options);
    };
    try {
      return await send(false);
    } catch (error) {
      if (error.code !== 'token_expired') throw error;
      return send(true);
    }
  }

  /** Listens on any address, across reconnects; returns a function that ends it. Rooms need `join` instead. */
  listen(address, listener) {
    if (!this.#listeners.has(address)) {
      this.#listeners.set(address, new Set());
      this.#connection.listen(address);
    }
    const listeners = this.#listeners.get(address).add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0 || this.#listeners.get(address) !== listeners) return;
      this.#listeners.delete(address);
      this.#connection.unlisten(address);
    };
  }

  #dispatch(address, event) {
    for (const listener of this.#listeners.get(address) ?? []) listener(event);
    const [kind, id] = split(address);
    if (kind === 'room') (this.#rooms.get(id) ?? this.meetings.find(id))?.receive(event);
    else if (kind === 'user' || kind === 'socket') this.#personal(event);
  }

  #personal(event) {
    const { type, data } = event;
    if (type === 'session:expiring') this.#session.expiring();
    if (type === 'user:online' || type === 'user:offline') {
      for (const room of this.rooms) room.presence(data.userId, type === 'user:online');
    }
    this.calls.receive(event) || this.meetings.receive(event);
    if (type === 'conversation:removed') this.#rooms.get(data.conversationId)?.close(roomClosed('No longer a member'));
    this.emit(type, event);
  }

  /** The rooms outlive a session that expired, for the same user to go on; nobody else may see them. */
  #sessionChanged(session) {
    if (session?.user && session.user.id !== this.#owner) {
      if (this.#owner) this.#closeRooms('Somebody else signed in', { forget: false });
      this.#owner = session.user.id;
    }
    if (!session) this.#hangUp();
    this.emit('session', session);
  }

  #closeRooms(reason, options) {
    for (const room of this.rooms) room.close(roomClosed(reason), options);
  }

  #stateChanged(change) {
    if (change.state === 'online') {
      this.#enter(this.rooms, ENTERED_AT_ONCE);
      this.calls.online(change.call);
      this.meetings.online();
    } else if (change.previous === 'online') {
      clearTimeout(this.#entering);
      for (const room of this.rooms) room.lost();
      this.meetings.lost();
    }
    this.emit('state', change);
  }

  #enter(rooms, most) {
    rooms.slice(0, most).forEach((room) => room.enter());
    const rest = rooms.slice(most);
    if (rest.length > 0) this.#entering = setTimeout(() => this.#enter(rest, ENTERED_LATER), 1_000);
  }
}

function split(address) {
  const colon = address.indexOf(':');
  return [address.slice(0, colon), address.slice(colon + 1)];
}
