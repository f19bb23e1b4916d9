import assert from 'node:assert/strict';
import { test } from 'node:test';
import { json } from './fake-server.js';
import { advance, online, people, settle, withServer } from './support.js';

const BOB = { id: 'u2', username: 'bob' };

/** Browsers' ways to microphones and to each other, as far as a call touches them. */
function browser() {
  const made = { peers: [], tracks: [], refuse: null };
  const track = (kind) => {
    const one = { kind, enabled: true, stopped: false, stop: () => (one.stopped = true) };
    made.tracks.push(one);
    return one;
  };
  const stream = (tracks) => ({
    getTracks: () => tracks,
    getAudioTracks: () => tracks.filter(({ kind }) => kind === 'audio'),
    getVideoTracks: () => tracks.filter(({ kind }) => kind === 'video'),
  });
  const getUserMedia = async ({ audio, video }) => {
    if (made.refuse?.({ audio, video })) throw Object.assign(new Error('no'), { name: 'NotAllowedError' });
    return stream([audio && track('audio'), video && track('video')].filter(Boolean));
  };
  Object.defineProperty(globalThis, 'navigator', { value: { mediaDevices: { getUserMedia } }, configurable: true });
  globalThis.RTCPeerConnection = class {
    signalingState = 'stable';
    connectionState = 'new';
    restarts = 0;
    #transceivers = [];

    constructor() {
      made.peers.push(this);
    }

    addTransceiver() {
      const sender = { track: null, replaceTrack: async (given) => (sender.track = given), getParameters: () => ({}) };
      this.#transceivers.push({ direction: 'recvonly', sender, receiver: {} });
    }

    getTransceivers() {
      return this.#transceivers;
    }

    getConfiguration() {
      return {};
    }

    setConfiguration() {}

    restartIce() {
      this.restarts += 1;
    }

    close() {
      this.signalingState = 'closed';
    }

    become(state) {
      this.connectionState = state;
      this.onconnectionstatechange();
    }
  };
  return made;
}

/** A server that knows calls; `answers` are its replies by address, `asked` what came. */
async function signedIn({ server, client }) {
  const made = browser();
  const asked = [];
  const answers = { 'call:current': {}, 'call:end': {}, 'call:reject': {}, 'call:connected': {} };
  people(server, 'u1');
  const { fetch } = server;
  const http = {};
  server.fetch = (url, options) => {
    const path = new URL(url).pathname.replace('/api/v1', '');
    if (path === '/ice-servers') return json(200, { iceServers: [], ttl: 60 });
    return http[path] ? json(200, http[path]) : fetch(url, options);
  };
  server.before = (frame, socket) => {
    if (!(frame.address in answers)) return undefined;
    asked.push(frame);
    const answer = answers[frame.address];
    return () => socket.push({ type: 'rec', address: frame.replyAddress, body: typeof answer === 'function' ? answer() : answer });
  };
  const sb = await online((options) => client({ ...options, fetch: server.fetch }));
  const push = (type, data, address = 'user:u1') => {
    for (const socket of server.sockets) socket.push({ type: 'rec', address, body: { type, data, at: '' } });
  };
  await settle();
  asked.length = 0;
  return { sb, made, asked, answers, http, push };
}

const call = (state, more = {}) => ({ id: 'c1', callerId: 'u1', calleeId: 'u2', media: 'video', state, ...more });
const addresses = (asked) => asked.map(({ address }) => address);

test(
  'calls: rings, is accepted, connects and tells so, and ends with everything let go of',
  withServer(async (world) => {
    const { sb, made, asked, answers, push } = await signedIn(world);
    answers['call:initiate'] = { callId: 'c1', call: call('RINGING') };
    const mine = await sb.calls.call(BOB);
    assert.equal(mine.state, 'ringing');
    assert.equal(made.peers.length, 0, 'nothing is said about our addresses before the call is taken');
    push('call:accepted', call('CONNECTING'));
    await settle();
    assert.equal(mine.state, 'connecting');
    assert.deepEqual(
      made.peers[0].getTransceivers().map(({ direction }) => direction),
      ['sendrecv', 'sendrecv', 'recvonly'],
    );
    made.peers[0].become('connected');
    await settle();
    assert.equal(mine.state, 'active');
    assert.deepEqual(addresses(asked), ['call:initiate', 'call:connected']);
    push('call:end', { callId: 'c1', reason: 'hangup' });
    await settle();
    assert.deepEqual([mine.state, mine.reason, sb.calls.live.length], ['ended', 'hangup', 0]);
    assert.ok(made.tracks.every(({ stopped }) => stopped));
  }),
);

test(
  'calls: whoever is called by the one that they call takes that call',
  withServer(async (world) => {
    const { sb, made, answers, push } = await signedIn(world);
    const theirs = { id: 'c9', callerId: 'u2', calleeId: 'u1' };
    answers['call:initiate'] = () => {
      push('call:incoming', { ...call('RINGING', theirs), caller: BOB });
      return { callId: 'c9', call: call('CONNECTING', theirs) };
    };
    const mine = await sb.calls.call(BOB);
    assert.deepEqual(sb.calls.live, [mine], 'it does not ring as well');
    assert.deepEqual([mine.direction, mine.state, mine.id], ['incoming', 'connecting', 'c9']);
    assert.equal(made.peers[0].getTransceivers().length, 0, 'the other one offers');
  }),
);

test(
  'calls: an acceptance that overtakes the answer to the call is not lost',
  withServer(async (world) => {
    const { sb, answers, push } = await signedIn(world);
    answers['call:initiate'] = () => {
      push('call:accepted', call('CONNECTING'));
      return { callId: 'c1', call: call('RINGING') };
    };
    const mine = await sb.calls.call(BOB);
    await settle();
    assert.equal(mine.state, 'connecting');
  }),
);

test(
  'calls: refused microphones leave it ringing, and who is answered elsewhere stops',
  withServer(async (world) => {
    const { sb, made, asked, push } = await signedIn(world);
    push('call:incoming', { ...call('RINGING', { callerId: 'u2', calleeId: 'u1' }), caller: BOB });
    await settle();
    const [theirs] = sb.calls.live;
    made.refuse = () => true;
    await assert.rejects(theirs.answer(), { code: 'media_refused' });
    assert.deepEqual([theirs.state, addresses(asked)], ['ringing', []]);
    made.refuse = ({ video }) => Boolean(video);
    push('call:end', { callId: 'c1', reason: 'answered_elsewhere' });
    await settle();
    assert.deepEqual([theirs.reason, sb.calls.live.length], ['answered_elsewhere', 0]);
  }),
);

test(
  'calls: after a loss the call that goes on restarts ICE, one that is over ends, and one that rings now is told',
  withServer(async (world) => {
    const { server } = world;
    const { sb, made, answers, http, push } = await signedIn(world);
    answers['call:initiate'] = { callId: 'c1', call: call('RINGING') };
    const mine = await sb.calls.call(BOB);
    push('call:accepted', call('CONNECTING'));
    await settle();
    made.peers[0].become('connected');
    answers.auth = () => ({ user: { id: 'u1', username: 'u1' }, socketId: 'new', resumeToken: 'r2', call: call('ACTIVE') });
    [...server.sockets][0].drop();
    await advance(2_000);
    assert.deepEqual([mine.state, made.peers[0].restarts], ['active', 1]);

    answers.auth = () => ({ user: { id: 'u1', username: 'u1' }, socketId: 'newer', resumeToken: 'r3' });
    http['/calls/c1'] = call('ENDED', { reason: 'disconnected' });
    answers['call:current'] = { call: call('RINGING', { id: 'c2', callerId: 'u2', calleeId: 'u1' }) };
    http['/users/u2'] = BOB;
    [...server.sockets][0].drop();
    await advance(3_000);
    assert.equal(mine.reason, 'disconnected');
    assert.deepEqual(
      sb.calls.live.map(({ id, state, user }) => [id, state, user.username]),
      [['c2', 'ringing', 'bob']],
    );
  }),
);

test(
  'calls: what was declined without a connection does not ring again, and the server is told',
  withServer(async (world) => {
    const { server } = world;
    const { sb, asked, answers, http, push } = await signedIn(world);
    const theirs = call('RINGING', { callerId: 'u2', calleeId: 'u1' });
    push('call:incoming', { ...theirs, caller: BOB });
    await settle();
    const [ringing] = sb.calls.live;
    answers['call:current'] = { call: theirs };
    http['/users/u2'] = BOB;
    [...server.sockets][0].drop();
    await settle();
    await ringing.reject();
    const rung = [];
    sb.calls.on('call', ({ id }) => rung.push(id));
    await advance(2_000);
    assert.deepEqual([addresses(asked), rung], [['call:current', 'call:reject'], []]);
    [...server.sockets][0].drop();
    await advance(2_000);
    assert.deepEqual(rung, ['c1'], 'what the server does not know after all rings');
  }),
);

test(
  'calls: who hung up without a connection has hung up when it is back',
  withServer(async (world) => {
    const { server } = world;
    const { sb, made, asked, answers, push } = await signedIn(world);
    answers['call:initiate'] = { callId: 'c1', call: call('RINGING') };
    const mine = await sb.calls.call(BOB);
    push('call:accepted', call('CONNECTING'));
    await settle();
    made.peers[0].become('connected');
    await settle();
    answers.auth = () => ({ user: { id: 'u1', username: 'u1' }, socketId: 'new', resumeToken: 'r2', call: call('ACTIVE') });
    [...server.sockets][0].drop();
    await settle();
    await mine.hangUp();
    asked.length = 0;
    await advance(2_000);
    const ends = asked.filter(({ address }) => address === 'call:end');
    assert.deepEqual(ends.map(({ body }) => body), [{ callId: 'c1' }]);
    assert.equal(sb.calls.live.length, 0);
  }),
);

test(
  'calls: no way in 30 s ends the call with its reason',
  withServer(async (world) => {
    const { sb, asked, answers, push } = await signedIn(world);
    answers['call:initiate'] = { callId: 'c1', call: call('RINGING') };
    const mine = await sb.calls.call(BOB, { media: 'audio' });
    push('call:accepted', call('CONNECTING'));
    await advance(29_000);
    assert.equal(mine.state, 'connecting');
    await advance(2_000);
    assert.equal(mine.reason, 'ice_failed');
    assert.equal(asked.at(-1).body.reason, 'ice_failed');
  }),
);

test(
  'calls: that it is taken is said again when the connection is lost meanwhile, until it is heard',
  withServer(async (world) => {
    const { server } = world;
    const { sb, made, answers, http, push } = await signedIn(world);
    const theirs = (state) => call(state, { callerId: 'u2', calleeId: 'u1' });
    push('call:incoming', { ...theirs('RINGING'), caller: BOB });
    await settle();
    const [ringing] = sb.calls.live;
    let said = 0;
    answers['call:answer'] = () => {
      said += 1;
      if (said === 1) [...server.sockets][0].drop();
      return { call: theirs('CONNECTING') };
    };
    http['/calls/c1'] = theirs('RINGING');
    const answered = ringing.answer();
    await advance(5_000);
    await answered;
    assert.deepEqual([ringing.state, said, made.peers.length], ['connecting', 2, 1]);
    await ringing.hangUp();
  }),
);

test(
  'calls: who cannot say that a call is taken, because the connection stays away, hears so',
  withServer(async (world) => {
    const { server } = world;
    const { sb, made, push } = await signedIn(world);
    push('call:incoming', { ...call('RINGING', { callerId: 'u2', calleeId: 'u1' }), caller: BOB });
    await settle();
    const [ringing] = sb.calls.live;
    server.down = true;
    [...server.sockets][0].drop();
    await settle();
    const failed = assert.rejects(ringing.answer(), { code: 'offline' });
    await advance(150_000, 1_000);
    await failed;
    assert.deepEqual([ringing.reason, made.peers.length], ['disconnected', 0]);
    assert.ok(made.tracks.every(({ stopped }) => stopped));
  }),
);

test(
  'calls: whoever is muted stays so with another microphone, and a camera that is gone is not replaced but told',
  withServer(async (world) => {
    const { sb, made, answers, push } = await signedIn(world);
    answers['call:initiate'] = { callId: 'c1', call: call('RINGING') };
    const mine = await sb.calls.call(BOB);
    push('call:accepted', call('CONNECTING'));
    await settle();
    const { local } = mine;
    await local.mute(true);
    local.track('audio').onended();
    await settle();
    assert.equal(made.tracks.length, 3, 'there is another microphone');
    assert.deepEqual([local.track('audio'), local.muted, local.track('audio').enabled], [made.tracks[2], true, false]);
    local.track('camera').onended();
    await settle();
    assert.deepEqual([local.cameraOn, local.problems.camera.code], [false, 'media_lost']);
    await local.camera(true);
    assert.deepEqual([local.cameraOn, local.problems.camera], [true, null]);
    await mine.hangUp();
  }),
);
