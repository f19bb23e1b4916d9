import { Call } from './call.js';
import { Emitter } from './emitter.js';
import { SwitchboardError } from './errors.js';
import { LocalMedia } from './local-media.js';

const SIGNALS = new Set(['offer', 'answer', 'ice-candidate']);

/** News of a call that we are about to hear the id of. */
const MAX_EARLY = 64;

/**
 * Calls between two people: `sb.calls`. At most one goes on in a client; others may ring meanwhile.
 *
 * Events: `call` (a Call that begins, by us or by somebody else), `change`.
 */
export class Calls extends Emitter {
  #sb;
  #live = new Set();
  #early = [];
  #beginning = 0;
  #inside;
  /** Ids of calls that this person declined and the server does not know it yet. */
  #declined = new Set();

  /** `relay`: through TURN servers only, which hides this device's address. `devices`: `{microphone, camera}`. */
  options = { relay: false, devices: {} };

  /** Made by `Switchboard`. `sb`: `{request, http, user}`. */
  constructor(sb) {
    super();
    this.#sb = sb;
    const calls = this;
    this.#inside = {
      request: (address, body) => sb.request(address, body),
      servers: () => this.iceServers(),
      met: (call) => this.#met(call),
      gone: (call) => this.#gone(call),
      declined: (id) => this.#declined.add(id),
      get devices() {
        return calls.options.devices;
      },
      get policy() {
        return calls.options.relay ? 'relay' : 'all';
      },
    };
  }

  /** The calls that ring or go on here. */
  get live() {
    return [...this.#live];
  }

  /** The call that this client takes part in, or undefined. */
  get current() {
    return this.live.find((call) => call.direction === 'outgoing' || call.state !== 'ringing');
  }

  /**
   * Calls somebody: a User, or `{id, displayName?}`. The Call is announced with the event `call` at once; the promise
   * settles with it when it rings there, or is over already (`busy`, `unavailable`).
   */
  async call(user, { media = 'video' } = {}) {
    if (this.current) throw new SwitchboardError({ code: 'conflict', message: 'You are in a call' });
    const call = this.#add({ direction: 'outgoing', user, media, state: 'preparing' });
    this.#beginning += 1;
    try {
      await call.begin();
    } catch (error) {
      call.over('failed', error);
      throw error;
    } finally {
      this.#beginning -= 1;
      for (const event of this.#early.splice(0)) this.receive(event);
    }
    return call;
  }

  /** Calls that are over, the latest first: `{items, next}`; give `next` back as `before`. */
  history({ before, limit } = {}) {
    return this.#sb.http('GET', '/calls', { query: { before, limit } });
  }

  /** STUN and TURN servers with fresh credentials: `{iceServers, ttl}`. */
  iceServers() {
    const servers = this.#sb.http('GET', '/ice-servers');
    // Asked for early and used later, if at all.
    servers.catch(() => {});
    return servers;
  }

  /** `{microphones, cameras, speakers}`, each `[{id, label}]`. */
  devices() {
    return LocalMedia.devices();
  }

  /** For `Switchboard`: an event of `user:<id>` or `socket:<id>`. Returns whether it is about calls. */
  receive(event) {
    const { type, data } = event;
    if (!type.startsWith('call:') && !(SIGNALS.has(type) && data.callId)) return false;
    if (type === 'call:incoming') this.#incoming(data);
    else this.#news(event);
    return true;
  }

  /** For `Switchboard`: the connection is back. `resumed` is the call that the new socket takes part in, if any. */
  async online(resumed) {
    try {
      for (const call of this.live) if (call.id === resumed?.id) call.resumed(resumed);
      // It ended here while nobody could be told: the other one still waits for us.
      if (resumed && !this.#find(resumed.id)) await this.#finish('call:end', resumed.id);
      const others = this.live.filter((call) => call.id && call.id !== resumed?.id);
      await Promise.all(others.map((call) => this.#compare(call)));
      const { call } = await this.#sb.request('call:current');
      if (call?.state === 'RINGING' && call.calleeId === this.#sb.user?.id && !this.#find(call.id)) {
        if (this.#declined.has(call.id)) await this.#finish('call:reject', call.id);
        else this.#incoming({ ...call, caller: await this.#sb.http('GET', `/users/${call.callerId}`) });
      }
      // A user has one call at a time: what else was declined is over.
      this.#declined.clear();
    } catch (error) {
      // What could not be asked now is asked at the next `online`.
      if (!error.retryable) throw error;
    }
  }

  /** For `Switchboard`: nobody is signed in any more, or the page goes. */
  end() {
    for (const call of this.live) {
      if (call.direction === 'incoming' && call.state === 'ringing') call.over('cancelled');
      else call.hangUp();
    }
  }

  /** Says what could not be said before; a call that is over meanwhile needs no word. */
  async #finish(address, callId) {
    await this.#sb.request(address, { callId }).catch((error) => error.retryable && Promise.reject(error));
  }

  #find(id) {
    return this.live.find((call) => call.id === id);
  }

  #incoming({ id, caller, media }) {
    if (!this.#find(id)) this.#add({ id, direction: 'incoming', user: caller, media, state: 'ringing' });
  }

  #add(what) {
    const call = new Call(this.#inside, what);
    this.#live.add(call);
    call.on('change', () => this.emit('change'));
    this.emit('call', call);
    this.emit('change');
    return call;
  }

  #news(event) {
    const { type, data } = event;
    const call = this.#find(data.callId ?? data.id);
    if (!call) {
      if (this.#beginning > 0 && this.#early.length < MAX_EARLY) this.#early.push(event);
    } else if (type === 'call:accepted') call.accepted();
    else if (type === 'call:rejected') call.over('rejected');
    else if (type === 'call:end') call.over(data.reason);
    else call.signal(type, data);
  }

  /** Whether a call that this socket has no part in still rings; if not, it is over here. */
  async #compare(call) {
    const { state, reason } = await this.#sb.http('GET', `/calls/${call.id}`).catch((error) => {
      if (error.code !== 'not_found') throw error;
      return { state: 'ENDED', reason: 'disconnected' };
    });
    if (state === 'ENDED') call.over(reason);
    else if (call.direction === 'incoming' && call.state === 'ringing' && state !== 'RINGING') call.over('answered_elsewhere');
    else if ((call.state === 'connecting' && !call.taking) || call.state === 'active') call.over('disconnected');
  }

  /** Both called each other, and this is the other one's call: it may have rung here already. */
  #met(call) {
    for (const other of this.live) if (other !== call && other.id === call.id) other.over('replaced');
  }

  #gone(call) {
    this.#live.delete(call);
    this.emit('change');
  }
}
