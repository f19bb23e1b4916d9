import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RoomLog } from '../../main/resources/webroot/switchboard/room-log.js';
import { randoms } from './support.js';

const message = (seq, more = {}) => ({ id: `m${seq}`, seq, content: `text ${seq}`, version: 1, deleted: false, ...more });
const added = (seq) => ({ type: 'message:new', seq, data: message(seq) });
const edited = (seq, of, version) => ({ type: 'message:updated', seq, data: message(of, { version, content: `v${version}` }) });
const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const joined = (from, to, more = {}) => ({ headSeq: to, messages: range(from, to).map(added), recovered: true, ...more });
const seqs = (events) => events.map(({ seq }) => seq);

test('live events are applied in order, each once, however they arrive', () => {
  const log = new RoomLog();
  log.joined(joined(1, 2));
  assert.deepEqual(log.apply(added(4)), { applied: [], gap: true });
  assert.deepEqual(seqs(log.apply(added(3)).applied), [3, 4]);
  assert.deepEqual(log.apply(added(3)), { applied: [], gap: false });
  assert.deepEqual(seqs(log.messages), [1, 2, 3, 4]);
  assert.equal(log.position, 4);
});

test('events before the first join are held, then follow its answer', () => {
  const log = new RoomLog();
  log.apply(added(12));
  log.apply(added(11));
  log.joined(joined(1, 10));
  assert.equal(log.position, 12);
  assert.deepEqual(seqs(log.messages), range(1, 12));
});

test('a join that fills a gap merges with what was delivered live', () => {
  const log = new RoomLog({ afterSeq: 10 });
  log.apply(added(14));
  log.apply(added(15));
  const { applied, incomplete } = log.joined(
    { headSeq: 15, messages: [added(11), added(12), added(13)], recovered: true },
    { strict: true },
  );
  assert.deepEqual(seqs(applied), [11, 12, 13, 14, 15]);
  assert.equal(incomplete, false);
});

test('a join that does not fill the gap changes nothing when strict, and is believed otherwise', () => {
  const log = new RoomLog({ afterSeq: 10 });
  log.apply(added(14));
  const reply = { headSeq: 14, messages: [added(11), added(12)], recovered: true };
  assert.equal(log.joined(reply, { strict: true }).incomplete, true);
  assert.equal(log.position, 10);
  assert.deepEqual(seqs(log.joined(reply).applied), [11, 12, 14]);
  assert.equal(log.position, 14);
});

test('recovered:false starts anew', () => {
  const log = new RoomLog();
  log.joined(joined(1, 3));
  assert.equal(log.joined(joined(951, 1000, { recovered: false })).reset, true);
  assert.deepEqual(seqs(log.messages), range(951, 1000));
  assert.equal(log.complete, false);
  assert.equal(log.floor, 951);
});

test('the highest version wins, whatever came first', () => {
  const log = new RoomLog();
  log.joined(joined(1, 1));
  log.apply(edited(2, 1, 3));
  log.apply(edited(3, 1, 2));
  assert.equal(log.message('m1').content, 'v3');
});

test('history joins on below, ends at the first message, and does not undo a later edit', () => {
  const log = new RoomLog();
  log.joined(joined(101, 150));
  log.apply(edited(151, 60, 2));
  assert.equal(log.message('m60'), undefined, 'its neighbours are unknown');
  assert.equal(log.addHistory({ messages: range(51, 100).map((seq) => message(seq)), next: '51' }), 50);
  assert.equal(log.message('m60').content, 'v2');
  log.addHistory({ messages: range(1, 50).map((seq) => message(seq)), next: null });
  assert.equal(log.complete, true);
  assert.deepEqual(seqs(log.messages), range(1, 150));
});

test('memory is bounded: old messages go, what piles up behind a gap is reported', () => {
  const log = new RoomLog({ maxMessages: 100, maxHeld: 10 });
  log.joined(joined(1, 50));
  for (const seq of range(51, 300)) log.apply(added(seq));
  assert.ok(log.messages.length <= 100);
  assert.equal(log.messages[0].seq, log.floor);
  for (const seq of range(302, 312)) log.apply(added(seq));
  assert.equal(log.overflowed, true);
});

test('what was asked for as history stays where somebody reads it', () => {
  const log = new RoomLog({ maxMessages: 100 });
  log.joined(joined(901, 950));
  log.addHistory({ messages: range(601, 900).map((seq) => message(seq)), next: '601' });
  log.apply(added(951));
  assert.equal(log.messages[0].seq, 601);
  for (const seq of range(952, 1_200)) log.apply(added(seq));
  assert.ok(log.messages.length <= 400, 'what comes live is bounded all the same');
  log.joined(joined(2_001, 2_050, { recovered: false }));
  for (const seq of range(2_051, 2_200)) log.apply(added(seq));
  assert.ok(log.messages.length <= 100, 'drawn anew, nobody reads there any more');
});

test('property: under loss, repetition and disorder the view ends equal to the log', () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const random = randoms(seed);
    const server = [];
    const log = new RoomLog({ maxHeld: 10_000 });
    const seen = [];
    const live = [];
    log.joined({ headSeq: 0, messages: [], recovered: true });
    const take = (events) => seen.push(...seqs(events));
    for (let step = 0; step < 80; step += 1) {
      if (random.chance(0.6)) {
        const seq = server.length + 1;
        const target = server[random.below(server.length)];
        server.push(target && random.chance(0.3) ? edited(seq, target.data.seq, seq) : added(seq));
        if (random.chance(0.8)) live.push(server.at(-1));
        if (random.chance(0.1)) live.push(server.at(-1));
      } else if (live.length > 0 && random.chance(0.8)) {
        take(log.apply(live.splice(random.below(live.length), 1)[0]).applied);
      } else {
        const after = log.position;
        take(log.joined({ headSeq: server.length, messages: server.slice(after), recovered: true }).applied);
      }
    }
    take(log.joined({ headSeq: server.length, messages: server.slice(log.position), recovered: true }).applied);
    for (const event of live) take(log.apply(event).applied);
    assert.deepEqual(seen, range(1, server.length), `seed ${seed}`);
    const expected = new Map();
    for (const { data } of server) if (data.version >= (expected.get(data.id)?.version ?? 0)) expected.set(data.id, data);
    assert.deepEqual(
      log.messages,
      [...expected.values()].sort((a, b) => a.seq - b.seq),
      `seed ${seed}`,
    );
  }
});
