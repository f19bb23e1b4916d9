import { mock } from 'node:test';
import { Switchboard } from '../../main/resources/webroot/switchboard.js';
import { FakeServer } from './fake-server.js';

/** Numbers that look random and are the same at every run. */
export function randoms(seed) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return { next, below: (n) => Math.floor(next() * n), chance: (p) => next() < p };
}

/** Lets everything happen that waits for no timer. */
export async function settle() {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Moves the mocked clock on, in steps, so that what a timer begins is under way before the next one is due. */
export async function advance(milliseconds, step = 250) {
  for (let passed = 0; passed < milliseconds; passed += step) {
    await settle();
    mock.timers.tick(Math.min(step, milliseconds - passed));
  }
  await settle();
}

/** Runs `test` with a fake server and a fake clock; clients that it makes are disposed of. */
export function withServer(test) {
  return async () => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.parse('2026-01-01T00:00:00Z') });
    const server = new FakeServer();
    const clients = [];
    const client = (options = {}) => {
      const { WebSocket, fetch } = server;
      clients.push(new Switchboard({ url: 'http://node', WebSocket, fetch, ...options }));
      return clients.at(-1);
    };
    try {
      await test({ server, client });
    } finally {
      clients.forEach((each) => each.dispose());
      mock.timers.reset();
    }
  };
}

/** The states that a client goes through from now on. */
export function states(client) {
  const seen = [];
  client.on('state', ({ state }) => seen.push(state));
  return seen;
}

/** A client of the user `id` (whom `people` made known) that is connected. */
export async function online(client, id = 'u1') {
  const sb = client({ session: { accessToken: `token-${id}`, refreshToken: 'r', expiresIn: 900, user: { id } } });
  sb.connect();
  await settle();
  return sb;
}

/** Makes users known to the server, each with a token. */
export function people(server, ...ids) {
  for (const id of ids) server.tokens.set(`token-${id}`, { id, username: id });
}
