import assert from 'node:assert/strict';
import { test } from 'node:test';
import { advance, online, people, settle, withServer } from './support.js';

/** A `localStorage`: its items are its own properties. */
function storage() {
  const items = {};
  const hidden = (value) => ({ value, enumerable: false });
  return Object.defineProperties(items, {
    getItem: hidden((name) => items[name] ?? null),
    setItem: hidden((name, value) => (items[name] = value)),
    removeItem: hidden((name) => delete items[name]),
  });
}

const contents = (room) => room.messages.map(({ content }) => content);

test(
  'what could not be sent before a reload is sent after it, in order, once',
  withServer(async ({ server, client }) => {
    people(server, 'u1');
    const kept = storage();
    const first = await online((options) => client({ ...options, storage: kept }));
    const before = first.join('r');
    await before.ready;
    server.before = ({ address }) => (address === 'message:send' ? () => {} : undefined);
    for (const text of ['a', 'b', 'c']) before.send(text, { replyTo: 'm0' });
    await settle();
    first.dispose();
    server.before = () => undefined;

    const second = await online((options) => client({ ...options, storage: kept }));
    assert.deepEqual(second.waiting, ['r']);
    const after = second.join('r');
    assert.deepEqual(
      after.pending.map(({ content, replyTo, state }) => [content, replyTo, state]),
      ['a', 'b', 'c'].map((text) => [text, 'm0', 'queued']),
    );
    await advance(2_000);
    assert.deepEqual(contents(after), ['a', 'b', 'c']);
    assert.deepEqual(second.waiting, []);
    const ids = server.frames.filter(({ address }) => address === 'message:send').map(({ body }) => body.clientId);
    assert.equal(new Set(ids).size, 3, 'under the same clientIds as at first');
    assert.equal(ids.length, 4);
  }),
);

test(
  'two tabs that take up the same message store it once',
  withServer(async ({ server, client }) => {
    people(server, 'u1');
    const kept = storage();
    const tab = () => online((options) => client({ ...options, storage: kept }));
    const lost = await tab();
    lost.disconnect();
    lost.join('r').send('once');
    const [one, two] = [(await tab()).join('r'), (await tab()).join('r')];
    await advance(2_000);
    assert.equal(server.room('r').log.length, 1);
    for (const room of [one, two]) {
      assert.deepEqual(contents(room), ['once']);
      assert.deepEqual(room.pending, []);
    }
  }),
);

test(
  'signing out, leaving and discarding forget what waits; somebody else never gets it',
  withServer(async ({ server, client }) => {
    people(server, 'u1', 'u2');
    const kept = storage();
    const tab = (id) => online((options) => client({ ...options, storage: kept }), id);
    const ann = await tab('u1');
    ann.disconnect();
    const room = ann.join('r');
    room.send('for r').catch(() => {});
    ann.join('q').send('for q').catch(() => {});
    assert.deepEqual((await tab('u2')).waiting, []);
    assert.deepEqual(ann.waiting, ['r', 'q']);
    room.leave();
    assert.deepEqual(ann.waiting, ['q']);
    await ann.logout();
    assert.deepEqual(Object.keys(kept), []);
  }),
);

test(
  'a storage that refuses, or holds rubbish, breaks nothing',
  withServer(async ({ server, client }) => {
    people(server, 'u1');
    const denied = () => {
      throw new Error('denied');
    };
    const broken = new Proxy({}, { get: () => denied, ownKeys: denied });
    const room = (await online((options) => client({ ...options, storage: broken }))).join('r');
    assert.equal((await room.send('a')).seq, 1);

    const rubbish = storage();
    rubbish.setItem('switchboard:outbox:u1:r:x', '{');
    const old = { clientId: 'y', content: 'old', createdAt: '2025-01-01T00:00:00Z' };
    rubbish.setItem('switchboard:outbox:u1:r:y', JSON.stringify(old));
    const other = (await online((options) => client({ ...options, storage: rubbish }))).join('r');
    assert.deepEqual(other.pending, []);
    assert.deepEqual(Object.keys(rubbish), []);
  }),
);

test(
  'more than the queue holds, from several tabs, keeps nobody from connecting, and all of it is sent',
  withServer(async ({ server, client }) => {
    people(server, 'u1');
    const kept = storage();
    const tab = () => online((options) => client({ ...options, storage: kept }));
    const tabs = [await tab(), await tab()];
    tabs.forEach((each) => each.disconnect());
    for (const each of tabs.map((one) => one.join('r'))) {
      for (let i = 0; i < 150; i += 1) each.send(`${i}`).catch(() => {});
    }
    const sb = await tab();
    const room = sb.join('r');
    await room.ready;
    await advance(5_000);
    assert.equal(room.pending.length, 0);
    sb.disconnect();
    sb.connect();
    await advance(5_000);
    assert.equal(server.room('r').log.length, 300);
    assert.deepEqual(sb.waiting, []);
  }),
);

test(
  'a message that was refused waits for its writer, and goes when they try again',
  withServer(async ({ server, client }) => {
    people(server, 'u1');
    const kept = storage();
    const sb = await online((options) => client({ ...options, storage: kept }));
    const room = sb.join('r');
    await room.ready;
    server.before = (frame, socket) =>
      frame.address === 'message:send'
        ? () => socket.push({ type: 'err', address: frame.replyAddress, failureCode: 403, message: 'forbidden: no' })
        : undefined;
    await assert.rejects(room.send('a'), { code: 'forbidden' });
    assert.deepEqual(sb.waiting, ['r']);
    server.before = () => undefined;
    room.retry(room.pending[0].clientId);
    await settle();
    assert.deepEqual(contents(room), ['a']);
    assert.deepEqual(sb.waiting, []);
  }),
);
