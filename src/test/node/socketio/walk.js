// Walks the published client through the gateway.
// node walk.js <address> <polling|websocket|upgrade> <token> <user> ends with 0 when everything was as Socket.IO promises.
'use strict';

const assert = require('node:assert');
const { io } = require('socket.io-client');

const [url, way, token, user] = process.argv.slice(2);
const transports = way === 'upgrade' ? ['polling', 'websocket'] : [way];
const last = transports[transports.length - 1];
const options = {
  transports,
  forceNew: true,
  reconnectionDelay: 50,
  reconnectionDelayMax: 100,
  extraHeaders: { Authorization: 'Bearer ' + token, 'X-User-Id': 'forged', 'X_User_Id': 'forged', Cookie: 'session=secret; theme=dark' },
};

const once = (emitter, event) => new Promise((resolve) => emitter.once(event, (...args) => resolve(args)));
const ask = (socket, ...args) => socket.timeout(10000).emitWithAck(...args);

async function connected() {
  const socket = io(url, options);
  socket.on('connect_error', (error) => console.log('connect_error', error.message));
  await once(socket, 'connect');
  if (socket.io.engine.transport.name !== last) {
    await once(socket.io.engine, 'upgrade');
  }
  return socket;
}

async function walk() {
  const alice = await connected();
  const bob = await connected();
  assert.deepStrictEqual(await ask(alice, 'who am i'), {
    user,
    forwardedFor: '127.0.0.1',
    cookie: 'theme=dark',
    transport: last,
  });

  const bytes = Buffer.alloc(300000, 7);
  const back = await new Promise((done) => alice.emit('echo', 'Größe 😀', bytes, (text, b) => done([text, b])));
  assert.strictEqual(back[0], 'Größe 😀');
  assert.ok(bytes.equals(back[1]));

  await ask(alice, 'join', 'room');
  await ask(bob, 'join', 'room');
  const heard = [];
  bob.on('said', (text) => heard.push(text));
  for (let i = 0; i < 100; i++) {
    alice.emit('say', 'room', i);
  }
  while (heard.length < 100) {
    await once(bob, 'said');
  }
  assert.deepStrictEqual(heard, Array.from({ length: 100 }, (_, i) => i));

  const admin = io(url + '/admin', options);
  const [refusal] = await once(admin, 'connect_error');
  assert.strictEqual(refusal.message, 'not for you');
  admin.close();

  // Pings of the service keep it alive: three of them.
  for (let i = 0; i < 3; i++) {
    await once(alice.io.engine, 'heartbeat');
  }

  if (last === 'websocket') {
    const gone = once(alice, 'disconnect');
    const again = once(alice, 'connect');
    console.log('cut me off');
    assert.strictEqual((await gone)[0], 'transport close');
    await again;
    assert.strictEqual((await ask(alice, 'who am i')).user, user);
  }

  const out = once(alice, 'disconnect');
  alice.emit('throw me out');
  assert.strictEqual((await out)[0], 'io server disconnect');
  alice.close();
  bob.close();
}

setTimeout(() => {
  console.log('no end in time');
  process.exit(1);
}, 30000).unref();

walk().then(
  () => console.log(way + ': good'),
  (error) => {
    console.log(error.stack);
    process.exit(1);
  },
);
