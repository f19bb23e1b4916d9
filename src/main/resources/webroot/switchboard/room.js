import { checkContent } from './content.js';
import { Emitter } from './emitter.js';
import { offlineError, roomClosed } from './errors.js';
import { Feed } from './feed.js';
import { ReadMarker } from './read-marker.js';
import { Roster } from './roster.js';
import { Sender } from './sender.js';
import { TypingIn, TypingOut } from './typing.js';

/** The events that have a number and a place in the room's log. */
const LOGGED = new Set(['message:new', 'message:updated', 'message:deleted']);

/**
 * One conversation, live: its messages in order, each once, through every loss of the connection.
 *
 * States: `joining`, `live`, `offline`, `closed` (left, removed or refused). The events are listed in `switchboard.d.ts`.
 */
export class Room extends Emitter {
  #connection;
  #me;
  #feed;
  #sender;
  #marker = new ReadMarker((message) => this.#sendRead(message));
  #typingOut = new TypingOut((active) => this.#tellTyping(active));
  #typingIn = new TypingIn();

  /** Made by `Switchboard.join`. `me` gives the id of the signed-in user. */
  constructor(connection, id, { afterSeq, me, keep }) {
    super();
    this.#connection = connection;
    this.#me = me;
    this.#feed = new Feed(connection, id, afterSeq, {
      joined: (reply, reset) => this.#joined(reply, reset),
      events: (events) => this.#announce(events),
      refused: (error) => this.close(error),
    });
    this.id = id;
    this.state = 'offline';
    this.roster = new Roster();
    this.#sender = new Sender({
      id,
      me,
      keep,
      socket: () => (this.state === 'live' ? connection.socket : null),
      position: () => this.position,
      changed: () => this.#changed('pending'),
    });
    this.ready = new Promise((resolve, reject) => {
      this.once('joined', resolve);
      this.once('closed', reject);
    });
    this.ready.catch(() => {});
    this.#typingIn.on('change', () => this.emit('typing', this.typingPeople));
    this.#sender.restore();
    if (connection.socket) this.enter();
  }

  get messages() {
    return this.#feed.messages;
  }

  /** Messages of this client that the log does not hold yet: `{clientId, content, state, error?}`. */
  get pending() {
    return this.#sender.pending;
  }

  /** The number of the last event seen: what `afterSeq` of a later `join` goes on from. */
  get position() {
    return this.#feed.position;
  }

  /** True when there is no older history to load. */
  get complete() {
    return this.#feed.complete;
  }

  get typingPeople() {
    return this.#typingIn.people.filter(({ userId }) => userId !== this.#me());
  }

  /** Queues a message; settles when it is stored. It is sent again, after reconnects too, until the server has it. */
  send(content, { type = 'text', replyTo } = {}) {
    if (this.state === 'closed') return Promise.reject(roomClosed('The room is closed'));
    try {
      this.#typingOut.sent();
      return this.#sender.send({ content, type, replyTo });
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Sends a message whose `pending` entry has failed once more, as the newest. */
  retry(clientId) {
    this.#sender.retry(clientId);
  }

  discard(clientId) {
    this.#sender.discard(clientId);
  }

  async edit(messageId, content) {
    checkContent(content);
    return this.#request('message:edit', { messageId, content });
  }

  delete(messageId) {
    return this.#request('message:delete', { messageId });
  }

  /** Marks everything up to `message` (the newest by default) as read. Calls that follow each other closely become one. */
  read(message = this.messages.at(-1)) {
    if (message) this.#marker.mark(message);
  }

  /** Call at each key; others see that this user is writing until a pause, a message or `typing(false)`. */
  typing(active = true) {
    this.#typingOut.typing(active);
  }

  /** Loads older messages, at most `limit`, in front of those known. */
  async history({ limit = 50 } = {}) {
    const result = await this.#feed.history(limit);
    this.emit('change');
    return result;
  }

  /** Stops listening; the user stays a member. Messages that still wait are given up. */
  leave() {
    if (this.state !== 'closed') this.#feed.leave();
    this.close(roomClosed('The room was left'));
  }

  /** For `Switchboard`: the connection is up (again). */
  enter() {
    if (this.state === 'closed') return;
    this.#sender.restore();
    this.#become('joining');
    this.#feed.enter();
  }

  /** For `Switchboard`: the connection is down. */
  lost() {
    if (this.state === 'closed') return;
    this.#pause();
    this.#become('offline');
  }

  /** For `Switchboard`: the room is over for this user, for good unless `forget` is false. */
  close(error, { forget = true } = {}) {
    if (this.state === 'closed') return;
    this.#pause();
    this.#typingOut.sent();
    this.#become('closed', error);
    this.#sender.end(error, { forget });
    this.emit('closed', error);
  }

  /** For `Switchboard`: an event of `room:<id>`. */
  receive(event) {
    if (this.state === 'closed') return;
    if (LOGGED.has(event.type)) this.#feed.receive(event);
    else this.#receiveState(event);
  }

  /** For `Switchboard`: somebody came online or went. */
  presence(userId, online) {
    if (this.roster.presence(userId, online)) this.#changed('roster', this.roster);
  }

  #joined(reply, reset) {
    this.roster.joined(reply);
    // The server may not have told everybody, itself included, that this user has come.
    this.roster.presence(this.#me(), true);
    this.#become('live');
    if (reset) {
      for (const message of this.messages) this.#seen(message);
      this.#sender.passed(this.position);
      if (reply.recovered === false) this.emit('reload');
    }
    this.emit('joined', reply);
    this.#changed('roster', this.roster);
    this.#marker.flush();
  }

  #pause() {
    this.#feed.pause();
    this.#sender.pause();
    this.#marker.pause();
    this.#typingIn.clear();
  }

  #announce(events) {
    for (const event of events) {
      this.#seen(event.data);
      if (event.type === 'message:new') this.#typingIn.stopped({ userId: event.data.senderId });
      this.emit(event.type, event);
    }
    this.emit('change');
    this.#sender.pump();
  }

  #seen(message) {
    if (message?.clientId && message.senderId === this.#me()) this.#sender.seen(message);
  }

  #receiveState(event) {
    const { type, data } = event;
    if (type === 'user:typing') this.#typingIn.started(data);
    else if (type === 'user:stop-typing') this.#typingIn.stopped(data);
    else if (type === 'message:read') this.roster.read(data.userId, data.seq);
    else if (type === 'conversation:updated') this.roster.updated(data);
    this.emit(type, event);
    if (type === 'conversation:updated') this.emit('roster', this.roster);
    this.emit('change');
  }

  async #sendRead(message) {
    const reply = await this.#request('message:read', { conversationId: this.id, messageId: message.id });
    this.roster.read(this.#me(), message.seq);
    this.emit('unread', reply.unread);
  }

  #tellTyping(active) {
    const address = active ? 'user:typing' : 'user:stop-typing';
    // Lost typing notices repair themselves: the next one follows within seconds.
    this.#request(address, { conversationId: this.id }).catch(() => {});
  }

  #request(address, body) {
    const { socket } = this.#connection;
    return socket ? socket.request(address, body) : Promise.reject(offlineError());
  }

  #changed(event, value) {
    this.emit(event, value);
    this.emit('change');
  }

  #become(state, error) {
    if (state === this.state) return;
    this.state = state;
    this.emit('state', { state, error });
  }
}
