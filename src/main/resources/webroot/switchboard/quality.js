import { Emitter } from './emitter.js';

/** Between two looks at the figures, in milliseconds. */
const INTERVAL = 2_000;

/** From where on a connection is poor, and fair: share of lost packets, round trip in milliseconds. */
const POOR = { loss: 0.08, roundTrip: 500 };
const FAIR = { loss: 0.02, roundTrip: 250 };

/** Sums up what RTCPeerConnection.getStats() says: counters since the beginning. */
export function summarize(report) {
  const stats = [...report.values()];
  const all = (type, kind) => stats.filter((entry) => entry.type === type && (!kind || entry.kind === kind));
  const sum = (entries, field) => entries.reduce((total, entry) => total + (entry[field] ?? 0), 0);
  const transport = all('transport')[0];
  const pair = report.get(transport?.selectedCandidatePairId);
  const inbound = all('inbound-rtp');
  const video = all('inbound-rtp', 'video').sort((a, b) => (b.framesPerSecond ?? 0) - (a.framesPerSecond ?? 0))[0];
  return {
    at: stats[0]?.timestamp ?? 0,
    audioBytesIn: sum(all('inbound-rtp', 'audio'), 'bytesReceived'),
    videoBytesIn: sum(all('inbound-rtp', 'video'), 'bytesReceived'),
    bytesIn: sum(inbound, 'bytesReceived'),
    bytesOut: sum(all('outbound-rtp'), 'bytesSent'),
    packetsIn: sum(inbound, 'packetsReceived'),
    packetsLost: sum(inbound, 'packetsLost'),
    framesDecoded: sum(all('inbound-rtp', 'video'), 'framesDecoded'),
    roundTrip: pair?.currentRoundTripTime === undefined ? null : Math.round(pair.currentRoundTripTime * 1000),
    candidatePair: transport?.selectedCandidatePairId,
    relayed: report.get(pair?.localCandidateId)?.candidateType === 'relay',
    width: video?.frameWidth ?? 0,
    height: video?.frameHeight ?? 0,
    framesPerSecond: video?.framesPerSecond ?? 0,
    level: Math.max(0, ...all('inbound-rtp', 'audio').map((entry) => entry.audioLevel ?? 0)),
  };
}

/** The figures between two summaries, and what they are worth: `good`, `fair` or `poor`. Rates in bit/s. */
export function compare(before, now) {
  const seconds = Math.max(0.001, (now.at - before.at) / 1000);
  const lost = Math.max(0, now.packetsLost - before.packetsLost);
  const packets = now.packetsIn - before.packetsIn + lost;
  const loss = packets > 0 ? lost / packets : 0;
  const worse = (limits) => loss >= limits.loss || (now.roundTrip ?? 0) >= limits.roundTrip;
  return {
    ...now,
    bitsIn: Math.round(((now.bytesIn - before.bytesIn) * 8) / seconds),
    bitsOut: Math.round(((now.bytesOut - before.bytesOut) * 8) / seconds),
    loss,
    rating: worse(POOR) ? 'poor' : worse(FAIR) ? 'fair' : 'good',
  };
}

/** How well a connection does. Emits `figures` every 2 s while somebody listens. */
export class Quality extends Emitter {
  #pc;
  #before = null;
  #timer;

  constructor(pc) {
    super();
    this.#pc = pc;
  }

  /** The counters and figures of this moment; rates are those since the last time. */
  async figures() {
    const now = summarize(await this.#pc.getStats());
    const figures = compare(this.#before ?? now, now);
    this.#before = now;
    return figures;
  }

  on(event, listener) {
    const off = super.on(event, listener);
    this.#timer ??= setInterval(() => this.#tell(), INTERVAL);
    return off;
  }

  end() {
    clearInterval(this.#timer);
  }

  async #tell() {
    try {
      this.emit('figures', await this.figures());
    } catch {
      // The connection closed meanwhile.
    }
  }
}
