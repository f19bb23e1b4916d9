import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duration, endOf, mediaWords } from '../../main/resources/webroot/app/call-words.js';
import { compare, summarize } from '../../main/resources/webroot/switchboard/quality.js';

const report = ({ at = 0, bytes = 0, packets = 0, lost = 0, roundTrip = 0.02, kind = 'host' } = {}) =>
  new Map(
    [
      { id: 'a', type: 'inbound-rtp', kind: 'audio', bytesReceived: bytes, packetsReceived: packets, packetsLost: lost, audioLevel: 0.3 },
      { id: 'v', type: 'inbound-rtp', kind: 'video', bytesReceived: 9 * bytes, framesDecoded: 3, framesPerSecond: 30, frameWidth: 640 },
      { id: 'o', type: 'outbound-rtp', bytesSent: 7 },
      { id: 't', type: 'transport', selectedCandidatePairId: 'p' },
      { id: 'p', type: 'candidate-pair', currentRoundTripTime: roundTrip, localCandidateId: 'l' },
      { id: 'l', type: 'local-candidate', candidateType: kind },
    ].map((entry) => [entry.id, { timestamp: at, ...entry }]),
  );

test('quality: sums and rates', () => {
  const before = summarize(report());
  const now = summarize(report({ at: 2_000, bytes: 1_000, packets: 100, kind: 'relay' }));
  const figures = compare(before, now);
  assert.equal(figures.bitsIn, 40_000);
  assert.equal(figures.audioBytesIn, 1_000);
  assert.equal(figures.roundTrip, 20);
  assert.equal(figures.relayed, true);
  assert.equal(figures.level, 0.3);
  assert.equal(figures.rating, 'good');
});

test('quality: lost packets and long ways count', () => {
  const before = summarize(report());
  const rate = (more) => compare(before, summarize(report({ at: 2_000, packets: 97, ...more }))).rating;
  assert.equal(rate({ lost: 1 }), 'good');
  assert.equal(rate({ lost: 3 }), 'fair');
  assert.equal(rate({ lost: 20 }), 'poor');
  assert.equal(rate({ roundTrip: 0.3 }), 'fair');
  assert.equal(rate({ roundTrip: 0.6 }), 'poor');
  assert.equal(compare(before, before).rating, 'good');
  assert.equal(summarize(new Map()).roundTrip, null);
});

test('words: how long, how it ended, what is wrong', () => {
  assert.deepEqual([0, 65_000, 3_725_000].map(duration), ['0:00', '1:05', '1:02:05']);
  assert.equal(endOf('busy', 'Ann'), 'Ann is in another call.');
  assert.equal(endOf('something new', 'Ann'), 'Call ended.');
  assert.match(mediaWords('camera', { code: 'media_refused' }), /heard but not seen/);
  assert.match(mediaWords('screen', { code: 'conflict' }), /One at a time/);
});
