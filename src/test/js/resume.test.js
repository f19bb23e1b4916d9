import assert from 'node:assert/strict';
import { test } from 'node:test';
import { advance, online, people, randoms, withServer } from './support.js';

test('property: whatever is killed when, every view is gapless, ordered and without duplicates', async (t) => {
  for (let seed = 1; seed <= 25; seed += 1) {
    await t.test(
      `seed ${seed}`,
      withServer(async ({ server, client }) => {
        const random = randoms(seed);
        people(server, 'u1', 'u2');
        const rooms = [(await online(client, 'u1')).join('r'), (await online(client, 'u2')).join('r')];
        const seen = rooms.map((room) => {
          const events = [];
          room.on('message:new', ({ seq }) => events.push(seq));
          return events;
        });
        await Promise.all(rooms.map(({ ready }) => ready));
        let harm = true;
        server.before = () => (harm && random.chance(0.05) ? 'kill' : undefined);
        server.after = () => (harm && random.chance(0.05) ? 'kill' : undefined);
        const sends = [];
        for (let step = 0; step < 60; step += 1) {
          if (random.chance(0.7)) sends.push(rooms[random.below(2)].send(`message ${step}`));
          if (random.chance(0.1) && server.sockets.size > 0) [...server.sockets][random.below(server.sockets.size)].drop();
          await advance(random.below(4) * 250);
        }
        harm = false;
        await advance(90_000, 500);
        const replies = await Promise.all(sends);
        const all = Array.from({ length: sends.length }, (_, i) => i + 1);
        assert.deepEqual(
          server.room('r').log.map(({ seq }) => seq),
          all,
          'stored once each',
        );
        assert.deepEqual(
          replies.map(({ seq }) => seq).sort((a, b) => a - b),
          all,
          'acknowledged once each',
        );
        for (const events of seen) assert.deepEqual(events, all);
        for (const room of rooms) {
          assert.deepEqual(
            room.messages.map(({ seq }) => seq),
            all,
          );
          assert.deepEqual(room.pending, []);
        }
        for (const id of ['u1', 'u2']) {
          const mine = rooms[0].messages
            .filter(({ senderId }) => senderId === id)
            .map(({ content }) => Number(content.split(' ')[1]));
          assert.deepEqual(
            mine,
            [...mine].sort((a, b) => a - b),
            'in the order written',
          );
        }
      }),
    );
  }
});
