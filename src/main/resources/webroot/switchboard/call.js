import { fullJitter } from './backoff.js';
import { Emitter } from './emitter.js';
import { LocalMedia } from './local-media.js';
import { Peer, ROLES } from './peer.js';
import { Signals } from './signals.js';

/** Signals that may come before we are ready for them. */
const MAX_EARLY = 256;

/** How often it is said that the call is taken, for about as long as it rings. */
const TAKINGS = 7;

/** What a client may tell the server about why a call ends. */
const BY_PEER = { failed: 'ice_failed', broken: 'media_failed' };

/**
 * One call between two people, from its first ring to its end.
 *
 * States: `preparing` (camera and microphone are asked for), `ringing`, `connecting`, `active`, `ended` (`reason` says why).
 * Events: `change` for whoever draws it, `remote` (role, track or null), `figures` (see `Quality`), `ended` (reason).
 */
export class Call extends Emitter {
  #taking = false;
  #calls;
  #peer = null;
  #early = [];
  #offs = [];

  /** Made by `Calls`. `calls` is its inside: `{request, servers, met, gone, declined, policy, devices}`. */
  constructor(calls, { id = null, direction, user, media, state }) {
    super();
    this.#calls = calls;
    this.id = id;
    this.direction = direction;
    /** The other one: `{id, username, displayName}`. */
    this.user = user;
    this.media = media;
    this.state = state;
    this.reason = null;
    this.error = null;
    this.local = null;
    /** When the two were connected first, in milliseconds since the epoch. */
    this.connectedAt = null;
    this.remote = new Map(ROLES.map((role) => [role, null]));
  }

  get ended() {
    return this.state === 'ended';
  }

  /** The server is being told that the call is taken, and may or may not have heard it. */
  get taking() {
    return this.#taking;
  }

  /** How the way to the other one is: `connecting`, `connected`, `reconnecting`; null before the call is taken. */
  get network() {
    return this.#peer?.state ?? null;
  }

  /** Takes the call. `video: false` sends no picture. */
  async answer({ video = this.media === 'video' } = {}) {
    if (this.direction !== 'incoming' || this.state !== 'ringing') return;
    this.#become('preparing');
    const servers = this.#calls.servers();
    try {
      await this.#open(video);
      if (this.ended) return;
      this.#become('connecting');
      await this.#take();
      await this.#connect(servers, { polite: true });
    } catch (error) {
      this.#answerFailed(error);
      throw error;
    }
  }

  /** Does not take the call. Without a connection it stops ringing here, and the server is told when it asks. */
  async reject() {
    const told = this.#tell('call:reject');
    this.over('rejected');
    if (!(await told)) this.#calls.declined(this.id);
  }

  /** Ends the call, or gives it up while it rings. */
  async hangUp(reason) {
    if (this.ended) return;
    const ringing = this.state === 'ringing' || this.state === 'preparing';
    const done = this.id ? this.#tell('call:end', reason) : undefined;
    this.over(reason ?? (ringing ? 'cancelled' : 'hangup'));
    await done;
  }

  /** Looks for a new way between the two, with fresh credentials; media goes on meanwhile. */
  restart() {
    return this.#peer?.restart();
  }

  /** The figures of this moment, see `Quality`; null before the call is taken. */
  async quality() {
    return this.#peer ? this.#peer.quality.figures() : null;
  }

  /** For `Calls`: rings somebody. Settles when it rings there. */
  async begin() {
    const servers = this.#calls.servers();
    await this.#open(this.media === 'video');
    if (this.ended) return;
    const { callId, call } = await this.#calls.request('call:initiate', { calleeId: this.user.id, media: this.media });
    this.id = callId;
    if (this.ended) {
      // Given up before the server had made it.
      await this.#tell('call:end');
    } else if (call.state === 'ENDED') {
      this.over(call.reason);
    } else if (call.callerId === this.user.id) {
      // Both called each other at once: this call is theirs, and taken.
      this.direction = 'incoming';
      this.#calls.met(this);
      this.#become('connecting');
      await this.#connect(servers, { polite: true });
    } else {
      this.servers = servers;
      this.#become('ringing');
      if (call.state !== 'RINGING') await this.accepted();
    }
  }

  /** For `Calls`: the other one took it. */
  async accepted() {
    if (this.direction !== 'outgoing' || this.state !== 'ringing') return;
    this.#become('connecting');
    try {
      await this.#connect(this.servers, { polite: false });
    } catch (error) {
      this.error = error;
      await this.hangUp('media_failed');
    }
  }

  /** For `Calls`: what the other end's browser says. */
  signal(type, data) {
    if (this.#peer) this.#peer.receive(type, data);
    else if (this.#early.length < MAX_EARLY) this.#early.push([type, data]);
  }

  /** For `Calls`: this client's connection is back, and the call goes on. */
  resumed({ state }) {
    if (this.direction === 'outgoing' && this.state === 'ringing' && state !== 'RINGING') this.accepted();
    else this.#peer?.resumed();
    if (this.network === 'connected') this.#connected();
  }

  /** For `Calls`: it is over. */
  over(reason, error = null) {
    if (this.ended) return;
    this.reason = reason;
    this.error = error;
    this.#become('ended');
    this.#peer?.close();
    this.#offs.forEach((off) => off());
    this.local?.stop();
    for (const role of ROLES) this.remote.set(role, null);
    this.#calls.gone(this);
    this.emit('ended', reason);
  }

  /** Says it until it is heard: with the connection, the answer to an answer that was heard can be lost. */
  async #take() {
    this.#taking = true;
    try {
      for (let attempt = 0; !this.ended; attempt += 1) {
        const error = await this.#calls.request('call:answer', { callId: this.id }).then(() => null, (reason) => reason);
        if (!error) return;
        if (!error.retryable || attempt >= TAKINGS) throw error;
        await new Promise((resolve) => setTimeout(resolve, fullJitter(attempt)));
      }
    } finally {
      this.#taking = false;
    }
  }

  async #open(video) {
    const local = await LocalMedia.open({ video, devices: this.#calls.devices });
    if (this.ended) return local.stop();
    this.local = local;
    this.#offs.push(
      local.on('change', () => this.emit('change')),
      local.on('track', (role, track) => this.#peer?.send(role, track)),
    );
    this.emit('change');
    return undefined;
  }

  async #connect(servers, { polite }) {
    // Without them there may be a direct way all the same.
    const { iceServers } = await servers.catch(() => this.#calls.servers()).catch(() => ({ iceServers: [] }));
    if (this.ended) return;
    const signals = new Signals(this.#calls.request, () => ({ callId: this.id }), (error) => this.#signalFailed(error));
    const peer = new Peer({
      polite,
      offers: !polite,
      signals,
      configuration: { iceServers, iceTransportPolicy: this.#calls.policy },
      iceServers: this.#calls.servers,
    });
    this.#peer = peer;
    peer.on('remote', (role, track) => {
      this.remote.set(role, track);
      this.emit('remote', role, track);
      this.emit('change');
    });
    peer.on('state', (state) => this.#moved(state));
    peer.quality.on('figures', (figures) => this.emit('figures', figures));
    for (const [role, track] of this.local.tracks) if (track) peer.send(role, track);
    for (const [type, data] of this.#early.splice(0)) peer.receive(type, data);
    this.emit('change');
  }

  #moved(state) {
    if (state === 'connected') this.#connected();
    if (state === 'failed') this.hangUp(this.#peer.error ? BY_PEER.broken : BY_PEER.failed);
    else this.emit('change');
  }

  #connected() {
    this.connectedAt ??= Date.now();
    if (this.state === 'connecting') this.#become('active');
    this.#tell('call:connected');
  }

  /** A call that the server does not know any more, or in which this socket has no part, is over. */
  #signalFailed(error) {
    if (error.code === 'not_found' || error.code === 'forbidden') this.over('disconnected', error);
  }

  #answerFailed(error) {
    if (this.ended) return;
    // Refused media leave the call ringing: the person may allow them, or take it elsewhere.
    if (error.code?.startsWith('media_')) this.#become('ringing');
    else if (error.code === 'not_ringing') this.over('answered_elsewhere', error);
    else if (error.code === 'not_found') this.over('cancelled', error);
    else if (error.retryable) {
      this.#tell('call:end');
      this.over('disconnected', error);
    } else this.hangUp('media_failed');
  }

  /** What is lost here the server finds out by itself, or asks for when we are back. Returns whether it was heard. */
  async #tell(address, reason) {
    try {
      await this.#calls.request(address, { callId: this.id, ...(reason && { reason }) });
      return true;
    } catch (error) {
      if (!error.retryable && error.code !== 'not_found' && error.code !== 'not_ringing') this.error = error;
      return !error.retryable;
    }
  }

  #become(state) {
    if (this.state === state || this.ended) return;
    this.state = state;
    this.emit('change');
  }
}
