// Walks the published client through the door, in Node and in a browser.
// node walk.js <address of /eventbus> <transport> <token> <room> ends with 0 when everything was as the client promises.
'use strict';

function walk(EventBus, url, transport, token, room) {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('no answer in time')), 20000);
    const same = (actual, expected) => {
      if (JSON.stringify(actual) !== JSON.stringify(expected)) {
        throw new Error('expected ' + JSON.stringify(expected) + ', was ' + JSON.stringify(actual));
      }
    };
    const startsWith = (actual, start) => same(String(actual).slice(0, start.length), start);

    const bus = new EventBus(url, { transports: [transport], vertxbus_ping_interval: 500 });
    const errors = [];
    bus.onerror = (error) => errors.push(error);
    bus.onclose = (event) => reject(new Error('closed: ' + event.code + ' ' + event.reason));

    const request = (address, body) =>
      new Promise((done) => bus.send(address, body, {}, (error, message) => done({ error, body: message && message.body })));

    const steps = async () => {
      same(bus.sockJSConn.transport, transport);

      const early = await request('message:send', { conversationId: room, content: 'too early' });
      same(early.error.failureCode, 401);

      const auth = await request('auth', { token });
      same(auth.body.user.username, 'alice');
      same([typeof auth.body.socketId, typeof auth.body.resumeToken, typeof auth.body.expiresAt], ['string', 'string', 'string']);

      const joined = await request('join:conversation', { conversationId: room });
      same(joined.body.headSeq, 7);

      const text = 'Größe 😀 "quoted" \\ \u0001 \u2028 </script>';
      const event = await new Promise((done, failed) =>
        bus.registerHandler('room:' + room, (error, message) => (error ? failed(error) : done(message))));
      same(event.type, 'rec');
      same(event.body.data, text);

      const sent = await request('message:send', { conversationId: room, content: text });
      same(sent.body.seq, 1);

      const wrong = await request('message:send', { conversationId: room, content: '' });
      same(wrong.error.failureCode, 400);
      same(wrong.error.failureType, 'RECIPIENT_FAILURE');
      startsWith(wrong.error.message, 'validation_failed: ');

      const denied = await request('account:login', { username: 'a', password: 'b' });
      same(denied.error.failureCode, 403);

      const refused = await new Promise((done) => bus.registerHandler('user:somebody', (error) => done(error)));
      startsWith(refused.message, 'forbidden: ');

      // What was sent in one breath is answered in order.
      const answers = [];
      await Promise.all(['a', 'b', 'c', 'd'].map(async (content) => {
        await request('message:send', { conversationId: room, content });
        answers.push(content);
      }));
      same(answers, ['a', 'b', 'c', 'd']);

      same(errors, []);
      const closed = new Promise((done) => { bus.onclose = done; });
      bus.send('account:logout', {});
      const end = await closed;
      if (transport === 'websocket') {
        same([end.code, end.reason], [4403, 'session_revoked']);
      } else {
        same([end.code, errors[0].failureCode, errors[0].body], [3000, 4403, 'session_revoked']);
      }
      return transport + ': good';
    };
    bus.onopen = () => steps().then(resolve, reject);
  });
}

if (typeof module !== 'undefined') {
  walk(require('@vertx/eventbus-bridge-client.js'), ...process.argv.slice(2)).then(
    (good) => { console.log(good); process.exit(0); },
    (bad) => { console.error(bad); process.exit(1); });
}
