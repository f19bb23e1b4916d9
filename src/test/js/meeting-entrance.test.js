import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SwitchboardError } from '../../main/resources/webroot/switchboard/errors.js';
import { MeetingEntrance } from '../../main/resources/webroot/switchboard/meeting-entrance.js';

const settle = () => new Promise((resolve) => setImmediate(resolve));
const error = (code) => new SwitchboardError({ code });

/** A client before a meeting; `replies` are what its tries to enter come to, the last one again and again. */
function entrance({ replies, registers = [] }) {
  const world = { asked: [], said: [], connection: { resumeToken: 't1' } };
  const next = (list) => {
    const one = list.length > 1 ? list.shift() : list[0];
    return one instanceof Error ? Promise.reject(one) : Promise.resolve(one);
  };
  world.socket = { register: () => next(registers), unregister: async () => {} };
  world.connection.socket = world.socket;
  const request = (address, body) => {
    world.asked.push(body);
    return next(replies);
  };
  world.entrance = new MeetingEntrance(world.connection, 'm1', { request, servers: async () => ({}) }, {
    joining: () => 7,
    joined: () => world.said.push('joined'),
    waits: () => world.said.push('waits'),
    refused: (reason) => world.said.push(reason),
  });
  return world;
}

test('meeting: enters with what is known, and after a loss with the socket of before', async () => {
  const { entrance: door, asked, said, connection } = entrance({ replies: [{ entry: 'waiting' }, { entry: 'joined' }] });
  await door.enter();
  connection.resumeToken = 't2';
  await door.enter();
  assert.deepEqual(said, ['waits', 'joined']);
  assert.deepEqual(asked, [
    { meetingId: 'm1', afterSeq: 7, resume: undefined },
    { meetingId: 'm1', afterSeq: 7, resume: 't1' },
  ]);
});

test('meeting: a registration that fails is made again, and a busy server asked again, but not for ever', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const busy = entrance({ replies: [{ entry: 'joined' }, error('unavailable')], registers: [null, error('timeout'), null] });
  await busy.entrance.enter();
  await settle();
  for (let i = 0; i < 10; i += 1) {
    t.mock.timers.tick(21_000);
    await settle();
  }
  assert.deepEqual(busy.said, ['joined', 'unavailable']);
  assert.ok(busy.asked.length > 2 && busy.asked.length < 10, `${busy.asked.length} tries`);
});

test('meeting: who is refused hears why; whose seat another device took does not take it back', async () => {
  for (const [code, reason] of [
    ['meeting_full', 'meeting_full'],
    ['conflict', 'replaced'],
  ]) {
    const { entrance: door, asked, said } = entrance({ replies: [error(code)] });
    await door.enter();
    assert.deepEqual([said, asked.length], [[reason], 1]);
  }
});

test('meeting: a reply to a socket that is gone counts for nothing', async () => {
  const world = entrance({ replies: [{ entry: 'joined' }] });
  const entered = world.entrance.enter();
  world.connection.socket = null;
  await entered;
  assert.deepEqual(world.said, []);
});
