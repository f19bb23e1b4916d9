import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { json } from './fake-server.js';
import { states, withServer } from './support.js';

/** Web Locks as browsers have them: one holder at a time, in the order of asking. */
function fakeLocks() {
  let tail = Promise.resolve();
  return {
    request: (name, task) => {
      const result = tail.then(task);
      tail = result.catch(() => {});
      return result;
    },
  };
}

const kept = {};

before(() => {
  for (const name of ['location', 'navigator']) kept[name] = Object.getOwnPropertyDescriptor(globalThis, name);
  Object.defineProperty(globalThis, 'location', { value: { origin: 'http://node' }, configurable: true });
  Object.defineProperty(globalThis, 'navigator', { value: { locks: fakeLocks() }, configurable: true });
});

after(() => {
  for (const [name, descriptor] of Object.entries(kept)) {
    if (descriptor) Object.defineProperty(globalThis, name, descriptor);
    else delete globalThis[name];
  }
});

/** Waits until this tab's session is as wanted; messages between tabs take their own time. */
function until(sb, wanted) {
  return new Promise((resolve) => {
    const look = () => wanted(sb.session) && resolve();
    sb.on('session', look);
    look();
  });
}

test(
  'tabs renew one after the other and share the result; no refresh token is kept in memory',
  withServer(async ({ server, client }) => {
    let underWay = 0;
    let most = 0;
    server.refreshAnswer = async () => {
      most = Math.max(most, (underWay += 1));
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      return json(200, server.issue({ id: 'u1', username: 'ann' }));
    };
    const tabs = [client(), client(), client()];
    await Promise.all(tabs.map((tab) => tab.refresh()));
    assert.equal(most, 1);
    assert.equal(tabs[0].session.refreshToken, undefined);
    await tabs[0].refresh();
    const { accessToken } = tabs[0].session;
    await Promise.all(tabs.map((tab) => until(tab, (session) => session.accessToken === accessToken)));
  }),
);

test(
  'signing out without the server leaves no cookie to take the session up with',
  withServer(async ({ server, client }) => {
    globalThis.document = { cookie: 'XSRF-TOKEN=x' };
    try {
      const tab = client();
      await tab.refresh();
      server.fetch = () => Promise.reject(new TypeError('Failed to fetch'));
      const gone = client({ fetch: server.fetch, session: tab.session });
      await assert.rejects(gone.logout(), { code: 'offline' });
      assert.equal(gone.session, null);
      assert.match(document.cookie, /^XSRF-TOKEN=; Path=\/; Max-Age=0$/);
    } finally {
      delete globalThis.document;
    }
  }),
);

test(
  'signing out in one tab signs out the others; somebody else signing in ends the session of the first',
  withServer(async ({ server, client }) => {
    const [first, second] = [client(), client()];
    await Promise.all([first.refresh(), second.refresh()]);
    const seen = states(second);
    await first.logout();
    await until(second, (session) => session === null);
    assert.deepEqual(seen, [], 'it was never connected');

    await first.login({ username: 'ann', password: 'secret secret' });
    await until(second, (session) => session?.user.id === 'u1');
    server.refreshAnswer = () => json(200, server.issue({ id: 'u2', username: 'bob' }));
    await second.refresh();
    assert.equal(second.session, null);
    assert.equal(second.user, undefined);
  }),
);
