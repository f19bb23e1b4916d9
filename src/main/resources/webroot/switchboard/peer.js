import { Emitter } from './emitter.js';
import { Quality } from './quality.js';

/** What a connection carries, by the place of its media section. Both sides keep to this order. */
export const ROLES = ['audio', 'camera', 'screen'];

/** How long a lost way between the two may come back by itself, and how long we look for another, in milliseconds. */
const DISCONNECTED = 2_000;
const GIVE_UP = 30_000;

/** An offer without an answer for so long is sent again: either may have been lost with a socket. */
const UNANSWERED = 5_000;

/** Candidates that may come before the description that they belong to. */
const MAX_EARLY = 200;

/**
 * One RTCPeerConnection with the perfect negotiation of the WebRTC specification: either side may change what it sends at
 * any time. It looks for a new way (ICE restart) when the present one is lost, and gives up after 30 s.
 *
 * Events: `remote` (role, track or null), `state` (`connecting`, `connected`, `reconnecting`, `failed`, `closed`).
 */
export class Peer extends Emitter {
  #pc;
  #polite;
  #signals;
  #iceServers;
  #makingOffer = false;
  #ignoringOffer = false;
  #incoming = Promise.resolve();
  #early = [];
  #local = new Map();
  #timers = {};

  /**
   * @param options.polite gives way when both offer at once
   * @param options.offers makes the first offer
   * @param options.signals a `Signals`
   * @param options.configuration for `RTCPeerConnection`
   * @param options.iceServers `() => Promise` of servers with fresh credentials, for ICE restarts
   */
  constructor({ polite, offers, signals, configuration, iceServers }) {
    super();
    this.#polite = polite;
    this.#signals = signals;
    this.#iceServers = iceServers;
    this.state = 'connecting';
    this.remote = new Map(ROLES.map((role) => [role, null]));
    const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle', ...configuration });
    this.#pc = pc;
    this.quality = new Quality(pc);
    pc.onnegotiationneeded = () => this.#offer();
    pc.onicecandidate = ({ candidate }) => signals.candidate(candidate);
    pc.onconnectionstatechange = () => this.#moved(pc.connectionState);
    this.#after('give up', GIVE_UP, () => this.#become('failed'));
    if (!offers) return;
    for (const role of ROLES) {
      pc.addTransceiver(role === 'audio' ? 'audio' : 'video', { direction: 'recvonly' });
    }
  }

  /** Sends this track in this role from now on, or nothing. */
  send(role, track) {
    this.#local.set(role, track);
    const transceiver = this.#transceiver(role);
    if (transceiver) this.#attach(transceiver, track);
  }

  /** Takes what the other end said: `offer`, `answer` (with `sdp`) or `ice-candidate` (with `candidate`). In order. */
  receive(type, data) {
    this.#incoming = this.#incoming.then(() => this.#take(type, data)).catch((error) => this.#broken(error));
    return this.#incoming;
  }

  /** Looks for a new way, with fresh credentials; media goes on meanwhile. */
  async restart() {
    try {
      const { iceServers } = await this.#iceServers();
      if (this.#closed) return;
      this.#pc.setConfiguration({ ...this.#pc.getConfiguration(), iceServers });
    } catch {
      // The old credentials may still do, and a direct way needs none.
    }
    if (!this.#closed) this.#pc.restartIce();
  }

  /** The connection to the server is back: what was said meanwhile may be lost. */
  resumed() {
    if (this.#pc.signalingState === 'have-local-offer') this.#describe();
    return this.restart();
  }

  /** Whether this description is of another connection than the one that the other side had until now. */
  isOfAnother(sdp) {
    const known = this.#pc.remoteDescription?.sdp;
    return known ? fingerprint(known) !== fingerprint(sdp) : this.#pc.signalingState !== 'stable';
  }

  /** Sends pictures with at most so many bit/s, and with 1/`scale` of their width and height. */
  async limit(bitrate, scale) {
    const sender = this.#transceiver('camera')?.sender;
    const parameters = sender?.getParameters();
    if (!parameters?.encodings?.length) return;
    Object.assign(parameters.encodings[0], { maxBitrate: bitrate, scaleResolutionDownBy: scale });
    // Between two negotiations it may be refused; the next change asks again.
    await sender.setParameters(parameters).catch(() => {});
  }

  /** How loud the other side is at present, from 0 to 1. */
  get loudness() {
    const receiver = this.#transceiver('audio')?.receiver;
    return receiver?.getSynchronizationSources()[0]?.audioLevel ?? 0;
  }

  close() {
    for (const name of Object.keys(this.#timers)) this.#cancel(name);
    this.quality.end();
    this.#pc.onnegotiationneeded = this.#pc.onicecandidate = this.#pc.onconnectionstatechange = null;
    this.#pc.close();
    this.#become('closed');
  }

  get #closed() {
    return this.#pc.signalingState === 'closed';
  }

  #transceiver(role) {
    return this.#pc.getTransceivers()[ROLES.indexOf(role)];
  }

  #attach(transceiver, track) {
    const direction = track ? 'sendrecv' : 'recvonly';
    if (transceiver.sender.track !== track) transceiver.sender.replaceTrack(track ?? null).catch((error) => this.#broken(error));
    if (transceiver.direction !== direction) transceiver.direction = direction;
  }

  async #offer() {
    try {
      this.#makingOffer = true;
      await this.#pc.setLocalDescription();
      this.#describe();
    } catch (error) {
      this.#broken(error);
    } finally {
      this.#makingOffer = false;
    }
  }

  #describe() {
    const description = this.#pc.localDescription;
    if (!description) return;
    this.#signals.describe(description);
    this.#cancel('unanswered');
    if (description.type !== 'offer') return;
    this.#after('unanswered', UNANSWERED, () => this.#pc.signalingState === 'have-local-offer' && this.#describe());
  }

  async #take(type, data) {
    if (this.#closed) return;
    if (type === 'ice-candidate') await this.#candidate(data.candidate);
    else await this.#description({ type, sdp: data.sdp });
  }

  async #description(description) {
    const { type } = description;
    const pc = this.#pc;
    const collision = type === 'offer' && (this.#makingOffer || pc.signalingState !== 'stable');
    this.#ignoringOffer = collision && !this.#polite;
    // An answer can come twice, because the offer was sent again.
    if (this.#ignoringOffer || (type === 'answer' && pc.signalingState !== 'have-local-offer')) return;
    await pc.setRemoteDescription(description);
    if (type === 'offer') {
      for (const role of ROLES) {
        const transceiver = this.#transceiver(role);
        if (transceiver) this.#attach(transceiver, this.#local.get(role) ?? null);
      }
      await pc.setLocalDescription();
      this.#describe();
    } else this.#cancel('unanswered');
    for (const candidate of this.#early.splice(0)) await this.#candidate(candidate);
    this.#agreed();
  }

  async #candidate(candidate) {
    if (!this.#pc.remoteDescription) {
      if (this.#early.length < MAX_EARLY) this.#early.push(candidate);
      return;
    }
    try {
      await this.#pc.addIceCandidate(candidate);
    } catch (error) {
      // Those of an offer that lost against ours, or of an earlier generation, are of no use.
      if (!this.#ignoringOffer && error.name !== 'OperationError') throw error;
    }
  }

  /** What the other side sends is what both have agreed on. */
  #agreed() {
    for (const role of ROLES) {
      const transceiver = this.#transceiver(role);
      const comes = ['sendrecv', 'recvonly'].includes(transceiver?.currentDirection);
      const track = comes ? transceiver.receiver.track : null;
      if (this.remote.get(role) === track) continue;
      this.remote.set(role, track);
      this.emit('remote', role, track);
    }
  }

  #moved(state) {
    if (state === 'connected') {
      this.#cancel('give up');
      this.#cancel('disconnected');
      this.#become('connected');
    } else if (state === 'disconnected' || state === 'failed') {
      this.#become('reconnecting');
      this.#after('disconnected', state === 'failed' ? 0 : DISCONNECTED, () => this.restart());
      if (!this.#timers['give up']) this.#after('give up', GIVE_UP, () => this.#become('failed'));
    }
  }

  #broken(error) {
    if (this.#closed) return;
    this.error = error;
    this.#become('failed');
  }

  #become(state) {
    if (state === this.state) return;
    this.state = state;
    this.emit('state', state);
  }

  #after(name, milliseconds, task) {
    this.#cancel(name);
    this.#timers[name] = setTimeout(() => {
      delete this.#timers[name];
      task();
    }, milliseconds);
  }

  #cancel(name) {
    clearTimeout(this.#timers[name]);
    delete this.#timers[name];
  }
}

function fingerprint(sdp) {
  return /^a=fingerprint:(.*)$/m.exec(sdp)?.[1].trim();
}
