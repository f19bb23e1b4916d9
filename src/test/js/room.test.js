import assert from 'node:assert/strict';
import { test } from 'node:test';
import { advance, online, people, settle, withServer } from './support.js';

const only = (set) => [...set][0];
const contents = (room) => room.messages.map(({ content }) => content);

test(
  'joins, sends in order, and sees its own messages once',
  withServer(async ({ server, client }) => {
    people(server, 'u1');
    const room = (await online(client)).join('r');
    const replies = await Promise.all(['a', 'b', 'c'].map((text) => room.send(text)));
    await settle();
    assert.deepEqual(
      replies.map(({ seq }) => seq),
      [1, 2, 3],
    );
    assert.deepEqual(contents(room), ['a', 'b', 'c']);
    assert.deepEqual(room.pending, []);
  }),
);

test(
  'what is written while away goes out after the reconnect, in order',
  withServer(async ({ server, client }) => {
    people(server, 'u1');
    const room = (await online(client)).join('r');
    await room.ready;
    only(server.sockets).drop();
    await settle();
    const replies = Promise.all(['a', 'b'].map((text) => room.send(text)));
    assert.deepEqual(
      room.pending.map(({ state }) => state),
      ['queued', 'queued'],
    );
    await advance(2_000);
    assert.deepEqual(
      (await replies).map(({ seq }) => seq),
      [1, 2],
    );
  }),
);

test(
  'many rooms are entered little by little after a reconnect: the server ends sockets that ask too much at once',
  withServer(async ({ server, client }) => {
    people(server, 'u1');
    const sb = await online(client);
    const rooms = Array.from({ length: 300 }, (_, i) => sb.join(`r${i}`));
    await Promise.all(rooms.map(({ ready }) => ready));
    const joins = () => server.frames.filter(({ address }) => address === 'join:conversation').length;
    only(server.sockets).drop();
    await settle();
    server.frames.length = 0;
    let most = 0;
    for (let second = 0, before = 0; second < 12; second += 1) {
      await advance(1_000);
      most = Math.max(most, joins() - before);
      before = joins();
    }
    assert.ok(most <= 90, `${most} in a second`);
    assert.ok(rooms.every(({ state }) => state === 'live'));
    assert.equal(joins(), 300);
  }),
);

test(
  'an acknowledgement that is lost does not double the message',
  withServer(async ({ server, client }) => {
    people(server, 'u1');
    const room = (await online(client)).join('r');
    await room.ready;
    let killed = false;
    server.after = ({ address }) => (address === 'message:send' && !killed ? ((killed = true), 'kill') : undefined);
    const sent = room.send('a');
    await advance(2_000);
    assert.equal((await sent).seq, 1);
    assert.equal(server.room('r').log.length, 1);
    assert.deepEqual(contents(room), ['a']);
  }),
);

test(
  'rejoins after the last event it has and gets what it missed',
  withServer(async ({ server, client }) => {
    people(server, 'u1');
    const room = (await online(client)).join('r');
    await room.ready;
    server.append('r', 'message:new', { content: 'before' });
    await settle();
    const order = [];
    room.on('message:new', ({ seq }) => order.push(seq));
    only(server.sockets).drop();
    for (const content of ['x', 'y', 'z']) server.append('r', 'message:new', { content });
    await advance(2_000);
    assert.equal(server.frames.findLast(({ address }) => address === 'join:conversation').body.afterSeq, 1);
    assert.deepEqual(order, [2, 3, 4]);
    assert.deepEqual(contents(room), ['before', 'x', 'y', 'z']);
  }),
);

test(
  'a gap is filled by joining again; nothing is shown out of order meanwhile',
  withServer(async ({ server, client }) => {
    people(server, 'u1');
    const room = (await online(client)).join('r');
    await room.ready;
    const socket = only(server.sockets);
    const order = [];
    room.on('message:new', ({ seq }) => order.push(seq));
    server.append('r', 'message:new', { content: 'a' });
    await settle();
    socket.addresses.delete('room:r');
    server.append('r', 'message:new', { content: 'lost' });
    socket.addresses.add('room:r');
    server.append('r', 'message:new', { content: 'c' });
    await settle();
    assert.deepEqual(order, [1]);
    await advance(250);
    assert.deepEqual(order, [1, 2, 3]);
  }),
);

test(
  'more missed than can be replayed: the room says reload and has the newest',
  withServer(async ({ server, client }) => {
    people(server, 'u1');
    const room = (await online(client)).join('r');
    server.append('r', 'message:new', { content: 'first' });
    await settle();
    let reloads = 0;
    room.on('reload', () => (reloads += 1));
    only(server.sockets).drop();
    for (let n = 0; n < 600; n += 1) server.append('r', 'message:new', { content: `n${n}` });
    await advance(2_000);
    assert.equal(reloads, 1);
    assert.equal(room.messages.length, 50);
    assert.equal(room.position, 601);
    await room.history({ limit: 500 });
    await room.history({ limit: 500 });
    assert.equal(room.complete, true);
    assert.equal(room.messages.length, 601);
  }),
);

test(
  'refusals: a message for good, a room for good, both for a while',
  withServer(async ({ server, client }) => {
    people(server, 'u1');
    const sb = await online(client);
    const refuse = (code, message) => (frame, socket) => () =>
      socket.push({ type: 'err', address: frame.replyAddress, failureCode: code, message });
    server.before = (frame, socket) =>
      frame.body?.content === 'bad' ? refuse(400, 'validation_failed: No')(frame, socket) : undefined;
    const room = sb.join('r');
    const bad = room.send('bad');
    const good = room.send('good');
    await assert.rejects(bad, { code: 'validation_failed' });
    assert.equal((await good).seq, 1);
    assert.equal(room.pending[0].state, 'failed');

    let busy = 3;
    server.before = (frame, socket) =>
      frame.address === 'message:send' && busy-- > 0 ? refuse(503, 'unavailable: Moving')(frame, socket) : undefined;
    const late = room.send('late');
    await advance(20_000);
    assert.equal((await late).seq, 2);

    server.before = (frame, socket) =>
      frame.address === 'join:conversation' ? refuse(403, 'not_a_member: No')(frame, socket) : undefined;
    const closed = sb.join('other');
    await assert.rejects(closed.ready, { code: 'not_a_member' });
    assert.equal(closed.state, 'closed');
    assert.equal(sb.rooms.length, 1);
  }),
);

test(
  'typing is told once in a while and ends by itself',
  withServer(async ({ server, client }) => {
    people(server, 'u1');
    const room = (await online(client)).join('r');
    await room.ready;
    for (let n = 0; n < 12; n += 1) {
      room.typing();
      await advance(500);
    }
    await advance(6_000);
    const told = server.frames
      .map(({ address }) => address)
      .filter((address) => address?.startsWith('user:') && !address.endsWith('u1'));
    assert.deepEqual(told, ['user:typing', 'user:typing', 'user:stop-typing']);
    const socket = only(server.sockets);
    const typing = (type) =>
      socket.push({ type: 'rec', address: 'room:r', body: { type, data: { userId: 'u2', username: 'bob' } } });
    typing('user:typing');
    await settle();
    assert.deepEqual(room.typingPeople, [{ userId: 'u2', username: 'bob' }]);
    await advance(13_000);
    assert.deepEqual(room.typingPeople, []);
  }),
);

test(
  'read markers go out once, the furthest',
  withServer(async ({ server, client }) => {
    people(server, 'u1');
    const room = (await online(client)).join('r');
    for (const content of ['a', 'b', 'c']) server.append('r', 'message:new', { content });
    await room.ready;
    for (const message of room.messages) room.read(message);
    await advance(1_000);
    room.read(room.messages[0]);
    await advance(1_000);
    const sent = server.frames.filter(({ address }) => address === 'message:read');
    assert.deepEqual(
      sent.map(({ body }) => body.messageId),
      ['m3'],
    );
  }),
);
