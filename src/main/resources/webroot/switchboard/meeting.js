import { Attendance } from './attendance.js';
import { Emitter } from './emitter.js';
import { uuid } from './ids.js';
import { MeetingEntrance } from './meeting-entrance.js';
import { MeetingMedia } from './meeting-media.js';
import { Mesh } from './mesh.js';
import { RoomLog } from './room-log.js';

/** What ends this client's part in a meeting, when the server asks for it. */
const FAREWELLS = { removed: 'removed', denied: 'denied', replaced: 'replaced', lost: 'lost' };

/**
 * One meeting, from entering to leaving: who is in it, their pictures and sound, the chat, what its host does.
 *
 * States: `preparing`, `joining`, `waiting` (in the lobby), `live`, `offline` (the connection to the server is lost; pictures
 * and sound go on), `ended` (`reason`: `left`, `removed`, `denied`, `replaced`, `ended`, `lost` (others have all seats), or the
 * code of a refusal).
 * Events: `change` for whoever draws it, `asked` (`mute`, `unshare`, `knock`: see `meeting:request`), `message` (a Message),
 * `ended` (reason).
 */
export class Meeting extends Emitter {
  #inside;
  #entrance;
  #media;
  #mesh;
  #attendance;
  #log = new RoomLog();
  #joinedAt = null;

  /** Made by `Meetings`. */
  constructor(connection, id, inside) {
    super();
    this.#inside = inside;
    this.id = id;
    this.state = 'preparing';
    this.reason = null;
    this.error = null;
    this.#entrance = new MeetingEntrance(connection, id, inside, {
      joining: () => this.#joins(),
      joined: (reply, servers) => this.#joined(reply, servers),
      waits: (reply) => this.#waits(reply),
      refused: (reason, error) => this.over(reason, error),
    });
    this.#attendance = new Attendance(inside.me.id);
    this.#media = new MeetingMedia((action, about) => this.update(action, about));
    this.#media.on('change', () => this.emit('change'));
    this.#media.on('track', (role, track) => this.#mesh.send(role, track));
    this.#mesh = new Mesh({ ...inside, me: inside.me.id, meetingId: id, local: () => this.local });
    this.#mesh.on('change', () => this.emit('change'));
  }

  /** What is known of the meeting: title, host, whether it is locked; null before it is entered. */
  get info() {
    return this.#attendance.info;
  }

  get participants() {
    return this.#attendance.people;
  }

  get self() {
    return this.#attendance.self;
  }

  get hands() {
    return this.#attendance.hands;
  }

  /** Who waits in the lobby, for those who lead. */
  get lobby() {
    return this.#attendance.waiting;
  }

  get leading() {
    return this.#attendance.leading;
  }

  get messages() {
    return this.#log.messages;
  }

  /** This device's microphone, camera and screen; null until they are asked for. */
  get local() {
    return this.#media.local;
  }

  get ended() {
    return this.state === 'ended';
  }

  /** Whether this client has been in it: whoever is refused then wanted to come back. */
  get entered() {
    return this.#joinedAt !== null;
  }

  /** The connection to another participant: `remote` (role → track), `state`, `quality`, `loudness`; undefined before it is made. */
  peer(userId) {
    return this.#mesh.peer(userId);
  }

  /** Says something in the chat. */
  async say(content, { clientId = uuid() } = {}) {
    return this.#inside.request('meeting:send', { meetingId: this.id, content, clientId });
  }

  raiseHand(on = true) {
    return this.update('hand', { on });
  }

  mute(muted) {
    return this.#media.mute(muted);
  }

  camera(on) {
    return this.#media.camera(on);
  }

  /** Shares the screen: one at a time, else it rejects with `conflict`. Resolves to whether it is shared. */
  share(on) {
    return this.#media.share(on);
  }

  /** What `meeting:update` can: `mute`, `remove`, `lock`, `lobby`, `admit`, `deny`, `transfer`, `end`, … */
  async update(action, { userId, on } = {}) {
    const state = await this.#inside.request('meeting:update', { meetingId: this.id, action, userId, on });
    this.#take(state);
  }

  leave() {
    if (this.ended) return;
    this.#inside.request('meeting:leave', { meetingId: this.id }).catch(() => {});
    this.over('left');
  }

  /** For `Meetings`. */
  async begin() {
    await this.#media.open(this.#inside);
    if (this.ended) return this.#media.stop();
    return this.enter();
  }

  /** For `Meetings`: enters, or enters again after a loss. */
  async enter() {
    if (!this.ended && this.local) await this.#entrance.enter();
  }

  /** For `Meetings`: the connection to the server is lost. */
  lost() {
    this.#entrance.pause();
    this.#media.away();
    if (this.state !== 'preparing') this.#become('offline');
  }

  /** For `Switchboard`: an event of `room:<id>`. */
  receive({ type, seq, data, ...event }) {
    if (this.ended) return;
    // Lost with the nodes that kept it, it may be entered again, and the others do the same.
    if (type === 'meeting:ended' && data.reason === 'lost') this.enter();
    else if (type === 'meeting:ended') this.over('ended');
    else if (type === 'meeting:state') this.#take(data);
    else if (type === 'meeting:updated') this.#attendance.terms(data);
    else if (type === 'participant:left') this.#attendance.leave(data);
    else if (type.startsWith('participant:')) this.#attendance.update(data);
    else if (seq !== undefined) this.#said({ type, seq, data, ...event });
    if (type.startsWith('participant:')) this.#mesh.follow(this.participants);
    this.#perhapsAnew();
    this.emit('change');
  }

  /** For `Meetings`: an event of `socket:<id>`. */
  signal(type, data) {
    if (this.ended) return;
    if (type === 'meeting:request') return this.#asked(data);
    const { from: socketId, fromUserId: userId } = data;
    const joinedAt = this.#attendance.find(userId)?.joinedAt ?? null;
    return this.#mesh.signal(type, data, { userId, socketId, joinedAt }, this.#inside.servers);
  }

  over(reason, error = null) {
    if (this.ended) return;
    this.reason = reason;
    this.error = error;
    this.#become('ended');
    this.#entrance.close();
    this.#mesh.end();
    this.#media.stop();
    this.emit('ended', reason);
  }

  #joins() {
    this.#become('joining');
    return this.#log.position ?? undefined;
  }

  /** In the lobby; whoever was inside before has no seat any more. */
  #waits(reply) {
    this.#media.away();
    this.#attendance.outside(reply.meeting);
    this.#mesh.follow([]);
    this.#become('waiting');
  }

  async #joined(reply, servers) {
    this.#attendance.state(reply);
    if (this.#log.position !== null && reply.headSeq < this.#log.position) this.#log = new RoomLog();
    for (const event of this.#log.joined(reply).applied) this.emit('message', event.data);
    const { joinedAt } = reply.self;
    // Who comes too late has another seat, and the others have given up the connections to the first one.
    if (this.#joinedAt !== null && joinedAt !== this.#joinedAt) this.#mesh.follow([]);
    this.#joinedAt = joinedAt;
    this.#become('live');
    await this.#mesh.follow(this.participants, { entered: true, servers });
    await this.#media.entered();
  }

  #take(state) {
    if (this.#attendance.state(state)) this.#mesh.follow(this.participants);
    this.#perhapsAnew();
    this.emit('change');
  }

  /** The others had given this one up and have it back: entering again makes the connections and tells what they cannot see. */
  #perhapsAnew() {
    if (this.state === 'live' && this.self && this.self.joinedAt !== this.#joinedAt) this.enter();
  }

  #said(event) {
    const { applied, gap } = this.#log.apply(event);
    for (const { data } of applied) this.emit('message', data);
    if (gap) this.enter();
  }

  #asked({ kind, ...data }) {
    if (kind === 'admitted') return this.enter();
    if (FAREWELLS[kind]) return this.over(FAREWELLS[kind]);
    if (kind === 'mute') this.mute(true).catch(() => {});
    if (kind === 'unshare') this.share(false).catch(() => {});
    if (kind === 'knock' || kind === 'withdrawn') this.#look();
    return this.emit('asked', { kind, ...data });
  }

  async #look() {
    // Lost: the next event, or the next entering, brings it.
    const state = await this.#inside.request('meeting:state', { meetingId: this.id }).catch(() => null);
    if (state) this.#take(state);
  }

  #become(state) {
    if (state === this.state || this.ended) return;
    this.state = state;
    this.emit('change');
  }
}
