import assert from 'node:assert/strict';
import { test } from 'node:test';
import { json } from './fake-server.js';
import { advance, settle, states, withServer } from './support.js';

const only = (set) => [...set][0];

async function signedIn({ client }) {
  const sb = client();
  await sb.login({ username: 'ann', password: 'secret secret' });
  const connected = sb.connect();
  await settle();
  await connected;
  return sb;
}

test(
  'connects, authenticates and registers its own addresses',
  withServer(async ({ server, client }) => {
    const sb = await signedIn({ client });
    assert.equal(sb.state, 'online');
    assert.equal(only(server.sockets).url, 'ws://node/eventbus/websocket');
    assert.deepEqual([...only(server.sockets).addresses], ['user:u1', `socket:${sb.socketId}`]);
  }),
);

test(
  'comes back after a loss, with growing waits while the server is down',
  withServer(async ({ server, client }) => {
    const sb = await signedIn({ client });
    const seen = states(sb);
    server.down = true;
    only(server.sockets).drop();
    await advance(60_000);
    const tries = seen.filter((state) => state === 'connecting').length;
    assert.ok(tries >= 3 && tries <= 15, `${tries} tries in a minute`);
    server.down = false;
    await advance(21_000);
    assert.equal(sb.state, 'online');
  }),
);

test(
  'a draining node is left within half a second',
  withServer(async ({ server, client }) => {
    const sb = await signedIn({ client });
    only(server.sockets).drop(1012, 'node_draining');
    await advance(500);
    assert.equal(sb.state, 'online');
  }),
);

test(
  'an expired session is renewed before the next try',
  withServer(async ({ server, client }) => {
    const sb = await signedIn({ client });
    server.tokens.clear();
    only(server.sockets).drop(4402, 'session_expired');
    await advance(1_000);
    assert.equal(sb.state, 'online');
    assert.equal(server.requests.filter((request) => request === 'POST /auth/refresh').length, 1);
  }),
);

test(
  'a revoked session ends it: no more tries',
  withServer(async ({ server, client }) => {
    const sb = await signedIn({ client });
    const seen = states(sb);
    only(server.sockets).drop(4403, 'session_revoked');
    await advance(60_000);
    assert.deepEqual(seen, ['unauthorized']);
    assert.equal(sb.session, null);
  }),
);

test(
  'a protocol error ends it too',
  withServer(async ({ server, client }) => {
    const sb = await signedIn({ client });
    only(server.sockets).drop(4400, 'protocol_error');
    await advance(60_000);
    assert.equal(sb.state, 'closed');
  }),
);

test(
  'a token that is refused again and again ends in unauthorized, after a bounded number of renewals',
  withServer(async ({ server, client }) => {
    const sb = client();
    await sb.login({ username: 'ann', password: 'secret secret' });
    server.before = (frame, socket) => {
      const refusal = { type: 'err', address: frame.replyAddress, failureCode: 401, message: 'unauthorized: No' };
      return frame.address === 'auth' ? () => socket.push(refusal) : undefined;
    };
    sb.connect();
    await advance(60_000);
    assert.equal(sb.state, 'unauthorized');
    assert.ok(server.requests.filter((request) => request === 'POST /auth/refresh').length <= 2);
  }),
);

test(
  'the token is renewed in place before it ends',
  withServer(async ({ server, client }) => {
    server.tokenLife = 100;
    const sb = await signedIn({ client });
    const seen = states(sb);
    await advance(90_000, 1_000);
    assert.deepEqual(seen, [], 'the connection stayed');
    assert.equal(server.frames.filter(({ address }) => address === 'auth').length, 2);
    assert.notEqual(server.frames.findLast(({ address }) => address === 'auth').body.token, 'token-1');
  }),
);

test(
  'session:expiring renews once, unless the token is fresh; many callers share one renewal',
  withServer(async ({ server, client }) => {
    const sb = await signedIn({ client });
    const renewals = () => server.requests.filter((request) => request === 'POST /auth/refresh').length;
    const socket = only(server.sockets);
    const warn = () => socket.push({ type: 'rec', address: `socket:${socket.id}`, body: { type: 'session:expiring', data: {} } });
    warn();
    await settle();
    assert.equal(renewals(), 0);
    await advance(500_000, 10_000);
    warn();
    await settle();
    assert.equal(renewals(), 1);
    await Promise.all([sb.refresh(), sb.refresh()]);
    assert.equal(renewals(), 2);
  }),
);

test(
  'a failing renewal is tried again, a refused one signs out',
  withServer(async ({ server, client }) => {
    server.tokenLife = 100;
    const sb = await signedIn({ client });
    server.refreshAnswer = () => json(503, { code: 'unavailable', message: 'Later' });
    await advance(85_000, 1_000);
    assert.ok(sb.session, 'still signed in');
    server.refreshAnswer = () => json(401, { code: 'unauthorized', message: 'Reused' });
    await advance(20_000, 1_000);
    assert.equal(sb.session, null);
    assert.equal(sb.state, 'unauthorized');
  }),
);

test(
  'pings every 25 s; a server that does not answer is left',
  withServer(async ({ server, client }) => {
    const sb = await signedIn({ client });
    const seen = states(sb);
    await advance(120_000, 1_000);
    assert.deepEqual(seen, []);
    assert.ok(server.frames.filter(({ type }) => type === 'ping').length >= 4);
    server.before = () => () => undefined;
    await advance(40_000, 1_000);
    assert.equal(seen[0], 'offline');
  }),
);

test(
  'a request without an answer ends with a retryable error',
  withServer(async ({ server, client }) => {
    const sb = await signedIn({ client });
    server.before = ({ address }) => (address === 'message:history' ? () => undefined : undefined);
    const refused = assert.rejects(sb.request('message:history', {}), { code: 'timeout', retryable: true });
    await advance(10_000);
    await refused;
  }),
);

test(
  'a lost connection ends requests with a retryable error',
  withServer(async ({ server, client }) => {
    const sb = await signedIn({ client });
    server.before = ({ address }) => (address === 'message:history' ? 'kill' : undefined);
    await assert.rejects(sb.request('message:history', {}), { code: 'offline', retryable: true });
  }),
);

test(
  'failures carry code, status and whether a retry helps',
  withServer(async ({ server, client }) => {
    const sb = await signedIn({ client });
    server.before = (frame, socket) => () =>
      socket.push({
        type: 'err',
        address: frame.replyAddress,
        failureCode: 503,
        failureType: 'RECIPIENT_FAILURE',
        message: 'unavailable: The room moves',
      });
    await assert.rejects(sb.request('x'), { code: 'unavailable', status: 503, message: 'The room moves', retryable: true });
  }),
);

test(
  'too long a frame is refused here and costs no connection',
  withServer(async ({ client }) => {
    const sb = await signedIn({ client });
    await assert.rejects(sb.request('x', { text: 'é'.repeat(40_000) }), { code: 'payload_too_large', retryable: false });
    assert.equal(sb.state, 'online');
  }),
);
