import assert from 'node:assert/strict';
import { test } from 'node:test';
import { json } from './fake-server.js';
import { online, people, settle, withServer } from './support.js';

/** Answers HTTP by `METHOD path`, beside what the fake server knows. */
function answering(server, answers) {
  const known = server.fetch;
  const asked = [];
  server.fetch = async (url, options) => {
    const what = `${options.method} ${new URL(url).pathname.replace('/api/v1', '')}`;
    asked.push(what);
    const answer = answers[what];
    return answer ? answer(options.body && JSON.parse(options.body)) : known(url, options);
  };
  return asked;
}

test(
  'a changed profile is the user at once, and whoever listens hears of it',
  withServer(async ({ server, client }) => {
    people(server, 'u1');
    answering(server, { 'PUT /users/me': (changes) => json(200, { id: 'u1', username: 'ann', ...changes }) });
    const sb = await online(client);
    const heard = [];
    sb.on('session', (session) => heard.push(session.user.displayName));
    const user = await sb.updateProfile({ displayName: 'Ann of Cleves' });
    assert.equal(user.displayName, 'Ann of Cleves');
    assert.equal(sb.user.displayName, 'Ann of Cleves');
    assert.deepEqual(heard, ['Ann of Cleves']);
    assert.equal(sb.state, 'online');
  }),
);

test(
  'signing out everywhere ends every other session, then this one; one that ended by itself is no problem',
  withServer(async ({ server, client }) => {
    people(server, 'u1');
    const gone = () => json(404, { code: 'not_found', message: 'No such session' });
    const asked = answering(server, {
      'GET /users/me/sessions': () => json(200, { items: ['a', 'b', 'c'].map((id) => ({ id, current: id === 'b' })) }),
      'DELETE /users/me/sessions/a': gone,
      'DELETE /users/me/sessions/c': () => json(200, {}),
    });
    const sb = await online(client);
    await sb.logoutEverywhere();
    await settle();
    assert.deepEqual(asked, [
      'GET /users/me/sessions',
      'DELETE /users/me/sessions/a',
      'DELETE /users/me/sessions/c',
      'POST /auth/logout',
    ]);
    assert.equal(sb.session, null);
  }),
);

test(
  'signing out with a token that has expired ends the session at the server as well',
  withServer(async ({ server, client }) => {
    const sb = client({ session: { accessToken: 'old', refreshToken: 'r', expiresIn: 1, user: { id: 'u1' } } });
    await sb.logout();
    assert.deepEqual(server.requests, ['POST /auth/refresh', 'POST /auth/logout']);
    assert.equal(sb.session, null);
  }),
);

test(
  'signing out everywhere stays signed in here when it did not work there: the user can try again',
  withServer(async ({ server, client }) => {
    people(server, 'u1');
    answering(server, {
      'GET /users/me/sessions': () => json(200, { items: [{ id: 'a', current: false }] }),
      'DELETE /users/me/sessions/a': () => json(500, { code: 'internal', message: 'no' }),
    });
    const sb = await online(client);
    await assert.rejects(sb.logoutEverywhere(), { code: 'internal' });
    assert.equal(sb.user.id, 'u1');
  }),
);
