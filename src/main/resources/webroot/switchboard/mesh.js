import { Emitter } from './emitter.js';
import { Peer } from './peer.js';
import { Signals } from './signals.js';

/** What a picture may take, by the number of people who get it: everybody sends to everybody. */
const BUDGETS = [
  { people: 2, bitrate: 1_200_000, scale: 1 },
  { people: 4, bitrate: 500_000, scale: 2 },
  { people: Infinity, bitrate: 200_000, scale: 4 },
];

/** Signals that may come before we are ready for them; an offer that is lost with them comes again. */
const MAX_EARLY = 256;

/** Between the end of a connection that found no way and the next try, in milliseconds; the second is for who gives way. */
const AGAIN = 2_000;
const AGAIN_POLITE = 10_000;

/**
 * The peer connections of a meeting, one to each other participant. Who enters offers; who comes back keeps what it has.
 *
 * Events: `change`.
 */
export class Mesh extends Emitter {
  #inside;
  #links = new Map();
  #ended = false;

  /** @param inside `{me, meetingId, request, servers, policy, local}`; `servers` gives fresh ICE servers */
  constructor(inside) {
    super();
    this.#inside = inside;
  }

  /** The connection to a user, or undefined. */
  peer(userId) {
    return this.#links.get(userId)?.peer;
  }

  /**
   * Brings the connections in line with who is there.
   *
   * @param entered this client entered just now, or came back: it offers to those to whom it has no connection
   */
  async follow(people, { entered = false, servers } = {}) {
    const others = people.filter(({ userId }) => userId !== this.#inside.me);
    for (const [userId, link] of this.#links) {
      const person = others.find((other) => other.userId === userId);
      // Somebody's first signal may come before the word that they have entered.
      if (person) link.joinedAt ??= person.joinedAt;
      if (person ? person.joinedAt !== link.joinedAt : link.joinedAt !== null) this.#close(userId);
      else if (person) link.socketId = person.socketId;
    }
    if (!entered) return this.#share();
    const resumed = [...this.#links.values()];
    const configuration = await servers;
    for (const link of resumed) link.peer?.resumed();
    for (const person of others) {
      if (!this.#links.has(person.userId) && !this.#ended) this.#open(person, configuration, { offers: true });
    }
    return this.#share();
  }

  /** What another participant's browser says. */
  async signal(type, data, person, servers) {
    const known = this.#links.get(person.userId);
    if (type === 'offer' && (!known || known.peer?.isOfAnother(data.sdp))) {
      // Both entered anew at once, and both offer: one of the two offers counts.
      if (known && !this.#polite(person.userId) && known.fresh) return;
      if (known) this.#close(person.userId);
      const link = this.#open(person, null, { offers: false });
      link.waiting = [[type, data]];
      const configuration = await servers().catch(() => null);
      if (this.#links.get(person.userId) !== link) return;
      // The offer comes again while nobody answers it.
      if (!configuration) return this.#close(person.userId);
      this.#start(link, person, configuration, { offers: false });
      for (const [early, what] of link.waiting.splice(0)) link.peer.receive(early, what);
      this.#share();
    } else if (known) {
      if (type !== 'ice-candidate') known.fresh = false;
      if (known.peer) known.peer.receive(type, data);
      else if (known.waiting.length < MAX_EARLY) known.waiting.push([type, data]);
    }
  }

  /** Sends this track in this role to everybody. */
  send(role, track) {
    for (const { peer } of this.#links.values()) peer?.send(role, track);
  }

  end() {
    this.#ended = true;
    for (const userId of [...this.#links.keys()]) this.#close(userId);
  }

  /** The one of two who gives way is the same for both. */
  #polite(userId) {
    return this.#inside.me > userId;
  }

  #open(person, configuration, { offers }) {
    const { userId, socketId, joinedAt } = person;
    const link = { socketId, joinedAt, fresh: true, peer: null, waiting: [] };
    this.#links.set(userId, link);
    if (configuration) this.#start(link, person, configuration, { offers });
    return link;
  }

  #start(link, { userId }, { iceServers }, { offers }) {
    const { request, meetingId, policy, servers, local } = this.#inside;
    const target = () => ({ meetingId, to: link.socketId });
    // Whom it was for may have left meanwhile: then we are told so anyway.
    const signals = new Signals(request, target, () => {});
    const peer = new Peer({
      polite: this.#polite(userId),
      offers,
      signals,
      configuration: { iceServers, iceTransportPolicy: policy },
      iceServers: servers,
    });
    link.peer = peer;
    peer.on('remote', () => this.emit('change'));
    peer.on('state', (state) => this.#moved(userId, link, state));
    for (const [role, track] of local().tracks) if (track) peer.send(role, track);
  }

  #moved(userId, link, state) {
    if (state === 'connected') {
      link.fresh = false;
      this.#share();
    }
    if (state === 'failed') this.#again(userId, link);
    this.emit('change');
  }

  /** No way was found; with time there may be one. One of the two begins anew, the other if nothing comes of that. */
  #again(userId, link) {
    link.peer.close();
    this.#later(userId, link, this.#polite(userId) ? AGAIN_POLITE : AGAIN);
  }

  #later(userId, link, milliseconds) {
    setTimeout(async () => {
      if (this.#links.get(userId) !== link) return;
      const { iceServers } = await this.#inside.servers().catch(() => ({}));
      if (this.#links.get(userId) !== link) return;
      if (!iceServers) return this.#later(userId, link, milliseconds);
      this.#close(userId);
      this.#open({ userId, ...link }, { iceServers }, { offers: true });
    }, milliseconds);
  }

  #close(userId) {
    this.#links.get(userId)?.peer?.close();
    this.#links.delete(userId);
    this.emit('change');
  }

  #share() {
    const { bitrate, scale } = BUDGETS.find(({ people }) => this.#links.size <= people);
    for (const { peer } of this.#links.values()) if (peer?.state === 'connected') peer.limit(bitrate, scale);
  }
}
