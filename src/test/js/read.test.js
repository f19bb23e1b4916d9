import assert from 'node:assert/strict';
import { test } from 'node:test';
import { advance, online, people, settle, withServer } from './support.js';

const read = ({ frames }) => frames.filter(({ address }) => address === 'message:read').map(({ body }) => body.messageId);

/** A room with three messages of somebody else's. */
async function roomWithMessages(server, client) {
  people(server, 'u1');
  const room = (await online(client)).join('r');
  await room.ready;
  for (const content of ['a', 'b', 'c']) server.append('r', 'message:new', { content, senderId: 'u2' });
  await settle();
  return room;
}

const refusal = (code, status) => (frame, socket) =>
  frame.address === 'message:read'
    ? () => socket.push({ type: 'err', address: frame.replyAddress, failureCode: status, message: `${code}: no` })
    : undefined;

test(
  'reading is told once for messages that are read together, never backwards',
  withServer(async ({ server, client }) => {
    const room = await roomWithMessages(server, client);
    room.messages.forEach((message) => room.read(message));
    await advance(1_000);
    room.read(room.messages[0]);
    await advance(1_000);
    assert.deepEqual(read(server), ['m3']);
  }),
);

test(
  'a marker that the server could not take is told again, without a reconnect',
  withServer(async ({ server, client }) => {
    const room = await roomWithMessages(server, client);
    server.before = refusal('unavailable', 503);
    room.read();
    await advance(1_000);
    assert.deepEqual(read(server).slice(0, 1), ['m3']);
    server.before = () => undefined;
    const before = read(server).length;
    await advance(20_000);
    assert.equal(read(server).length, before + 1);
    await advance(60_000);
    assert.equal(read(server).length, before + 1);
  }),
);

test(
  'a marker that is refused is given up; what is read offline is told after the reconnect',
  withServer(async ({ server, client }) => {
    const room = await roomWithMessages(server, client);
    server.before = refusal('not_found', 404);
    room.read();
    await advance(60_000);
    assert.deepEqual(read(server), ['m3']);
    server.before = () => undefined;
    [...server.sockets][0].drop();
    await settle();
    server.append('r', 'message:new', { content: 'd', senderId: 'u2' });
    await advance(5_000);
    room.read();
    await advance(5_000);
    assert.deepEqual(read(server), ['m3', 'm4']);
  }),
);
