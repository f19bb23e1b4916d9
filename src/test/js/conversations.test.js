import assert from 'node:assert/strict';
import { test } from 'node:test';
import { json } from './fake-server.js';
import { pageModule } from './page-modules.js';
import { advance, online, people, settle, withServer } from './support.js';

const { Conversations } = await pageModule('conversations');

/** A list of one group, `r`, of somebody who is signed in; `list()` makes another one, as a new life of the page does. */
async function signedIn({ server, client }) {
  people(server, 'u1');
  const group = { id: 'r', kind: 'group', title: 'Plans', headSeq: 0, readSeq: 0, unread: 0, createdAt: '' };
  const { fetch } = server;
  const fetchList = (url, options) => (url.endsWith('/conversations?limit=100') ? json(200, { items: [group], next: null }) : fetch(url, options));
  const sb = await online((options) => client({ ...options, fetch: fetchList }));
  const list = async () => {
    const conversations = new Conversations(sb, () => false);
    await conversations.load();
    await settle();
    return conversations;
  };
  return { sb, list };
}

test(
  'conversations: whoever signs in again after the session ended has a list that lives',
  withServer(async (world) => {
    const { server } = world;
    const { list } = await signedIn(world);
    const before = await list();
    before.dispose();
    const after = await list();
    let changes = 0;
    before.on('change', () => (changes += 1));
    server.append('r', 'message:new', { senderId: 'u2', content: 'Hello', createdAt: '' });
    await settle();
    assert.deepEqual([after.get('r').unread, after.get('r').lastMessage.content], [1, 'Hello']);
    assert.equal(changes, 0, 'the one before hears nothing any more');
  }),
);

test(
  'conversations: one that was lost without a connection is gone when that is back',
  withServer(async (world) => {
    const { server } = world;
    const { list } = await signedIn(world);
    const conversations = await list();
    server.before = (frame, socket) =>
      frame.address === 'join:conversation'
        ? () => socket.push({ type: 'err', address: frame.replyAddress, failureCode: 403, message: 'not_a_member: no' })
        : undefined;
    [...server.sockets][0].drop();
    await advance(2_000);
    assert.deepEqual(conversations.sorted, []);
  }),
);
