// Walks one client through the door: node published-clients.js <address of /eventbus> <transport> <token> <room>
// Ends with 0 when everything was as the clients' own documentation says.
'use strict';
const assert = require('assert');
const EventBus = require('@vertx/eventbus-bridge-client.js');

const [url, transport, token, room] = process.argv.slice(2);
const limit = setTimeout(() => fail(new Error('no answer in time')), 20000);

function fail(error) {
  console.error(transport + ': ' + (error.stack || JSON.stringify(error)));
  process.exit(1);
}
process.on('unhandledRejection', fail);

const bus = new EventBus(url, { transports: [transport], vertxbus_ping_interval: 500 });
const errors = [];
bus.onerror = (error) => errors.push(error);

const request = (address, body) =>
  new Promise((resolve) => bus.send(address, body, {}, (error, message) => resolve({ error, body: message && message.body })));

bus.onopen = async () => {
  assert.strictEqual(bus.sockJSConn.transport, transport);

  const early = await request('message:send', { conversationId: room, content: 'too early' });
  assert.strictEqual(early.error.failureCode, 401);

  const auth = await request('auth', { token });
  assert.strictEqual(auth.body.user.username, 'alice');
  assert.ok(auth.body.socketId && auth.body.resumeToken && auth.body.expiresAt);

  const joined = await request('join:conversation', { conversationId: room });
  assert.strictEqual(joined.body.headSeq, 7);

  const text = 'Größe 😀 "quoted" \\ \u0001 \u2028 </script>';
  const event = await new Promise((resolve, reject) =>
    bus.registerHandler('room:' + room, (error, message) => (error ? reject(error) : resolve(message))));
  assert.strictEqual(event.type, 'rec');
  assert.strictEqual(event.body.data, text);

  const sent = await request('message:send', { conversationId: room, content: text });
  assert.strictEqual(sent.body.seq, 1);

  const wrong = await request('message:send', { conversationId: room, content: '' });
  assert.strictEqual(wrong.error.failureCode, 400);
  assert.strictEqual(wrong.error.failureType, 'RECIPIENT_FAILURE');
  assert.ok(wrong.error.message.startsWith('validation_failed: '), wrong.error.message);

  const denied = await request('account:login', { username: 'a', password: 'b' });
  assert.strictEqual(denied.error.failureCode, 403);

  const refused = await new Promise((resolve) => bus.registerHandler('user:somebody', (error) => resolve(error)));
  assert.ok(refused.message.startsWith('forbidden: '), refused.message);

  // Several messages in one breath come back in order.
  const answers = [];
  await Promise.all(['a', 'b', 'c', 'd'].map(async (content) => {
    await request('message:send', { conversationId: room, content });
    answers.push(content);
  }));
  assert.deepStrictEqual(answers, ['a', 'b', 'c', 'd']);

  assert.deepStrictEqual(errors, []);
  bus.onclose = (event) => {
    if (transport === 'websocket') {
      assert.strictEqual(event.code, 4403);
      assert.strictEqual(event.reason, 'session_revoked');
    } else {
      assert.strictEqual(event.code, 3000);
      assert.strictEqual(errors[0].failureCode, 4403);
      assert.strictEqual(errors[0].body, 'session_revoked');
    }
    clearTimeout(limit);
    console.log(transport + ': good');
    process.exit(0);
  };
  await request('account:logout', {});
};
bus.onclose = (event) => fail(event);
