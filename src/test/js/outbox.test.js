import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Outbox } from '../../main/resources/webroot/switchboard/outbox.js';

test('one message at a time, and the same one again after a loss', () => {
  const outbox = new Outbox();
  const first = outbox.add({ content: 'a' });
  outbox.add({ content: 'b' });
  assert.equal(outbox.take(), first);
  assert.equal(outbox.take(), undefined);
  outbox.requeue(first);
  assert.equal(outbox.take(), first);
  outbox.acknowledge(first, { id: 'm1', seq: 1 }, null);
  assert.equal(outbox.take().content, 'b');
});

test('an acknowledged message stays listed until its event is seen', async () => {
  const outbox = new Outbox();
  const entry = outbox.add({ content: 'a' });
  outbox.take();
  outbox.acknowledge(entry, { id: 'm7', seq: 7 }, 6);
  assert.equal(outbox.entries[0].state, 'sent');
  outbox.seen({ clientId: entry.clientId, id: 'm7', seq: 7 });
  assert.deepEqual(outbox.entries, []);
  assert.deepEqual(await entry.promise, { id: 'm7', seq: 7 });
});

test('the event acknowledges as well as the reply', async () => {
  const outbox = new Outbox();
  const entry = outbox.add({ content: 'a' });
  outbox.take();
  outbox.seen({ clientId: entry.clientId, id: 'm7', seq: 7, createdAt: 't' });
  assert.deepEqual(await entry.promise, { id: 'm7', seq: 7, createdAt: 't', duplicate: false });
  outbox.requeue(entry);
  assert.equal(outbox.take(), undefined, 'it is not sent again');
});

test('a repeat of what the log holds already leaves the list at once', () => {
  const outbox = new Outbox();
  const entry = outbox.add({ content: 'a' });
  outbox.take();
  outbox.acknowledge(entry, { id: 'm7', seq: 7, duplicate: true }, 9);
  assert.deepEqual(outbox.entries, []);
});

test('a refused message lets the next one pass and can be tried again or dropped', async () => {
  const outbox = new Outbox();
  const refused = outbox.add({ content: 'a' });
  outbox.add({ content: 'b' });
  outbox.fail(outbox.take(), new Error('no'));
  await assert.rejects(refused.promise, /no/);
  assert.equal(outbox.take().content, 'b');
  outbox.retry(refused.clientId);
  assert.deepEqual(
    outbox.entries.map(({ content, state }) => [content, state]),
    [
      ['b', 'sending'],
      ['a', 'queued'],
    ],
  );
  outbox.discard(refused.clientId);
  assert.equal(outbox.entries.length, 2, 'only failed ones are dropped');
});

test('the queue is bounded', () => {
  const outbox = new Outbox({ limit: 2 });
  outbox.add({ content: 'a' });
  outbox.add({ content: 'b' });
  assert.throws(() => outbox.add({ content: 'c' }), { code: 'queue_full' });
});
