import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endOf } from '../../main/resources/webroot/app/call-words.js';
import { framed } from '../../main/resources/webroot/app/dom.js';
import { fileOf, hueOf, inBrief, initials, listNames, splitLinks } from '../../main/resources/webroot/app/format.js';
import { rowsOf } from '../../main/resources/webroot/app/rows.js';
import { showTitle } from '../../main/resources/webroot/app/title.js';
import { wordsFor } from '../../main/resources/webroot/app/words.js';
import { offlineError, SwitchboardError } from '../../main/resources/webroot/switchboard/errors.js';

const at = (minutes) => new Date(Date.UTC(2026, 0, 5, 12, minutes)).toISOString();
const message = (seq, senderId, minutes, more = {}) => ({
  id: `m${seq}`,
  seq,
  senderId,
  type: 'text',
  version: 1,
  createdAt: at(minutes),
  ...more,
});
const rows = (messages, more = {}) =>
  rowsOf({ messages, pending: [], complete: true, me: 'me', unreadFrom: null, status: 'Sent', ...more });

test('rows: a heading per sender and pause, a line per day, the new line where it belongs', () => {
  const made = rows(
    [message(1, 'a', 0), message(2, 'a', 1), message(3, 'a', 10), message(4, 'b', 11), message(5, 'b', 60 * 24 * 3)],
    { unreadFrom: 2 },
  );
  assert.deepEqual(
    made.map(({ kind }) => kind),
    ['start', 'day', 'message', 'new', 'message', 'message', 'message', 'day', 'message'],
  );
  assert.deepEqual(
    made.filter(({ kind }) => kind === 'message').map(({ grouped }) => grouped),
    [false, false, false, false, false],
  );
  assert.equal(rows([message(1, 'a', 0), message(2, 'a', 1)])[3].grouped, true);
});

test('rows: a pending message keeps its key when it is stored, and only the last own message has a note', () => {
  const pending = [{ clientId: 'c1', content: 'x', state: 'sending', createdAt: at(0), type: 'text' }];
  const before = rows([], { pending });
  const after = rows([message(1, 'me', 0, { clientId: 'c1' }), message(2, 'me', 1, { clientId: 'c2' }), message(3, 'a', 2)]);
  assert.equal(before.at(-1).key, after[2].key);
  assert.deepEqual(
    after.filter(({ kind }) => kind === 'message').map(({ note }) => note),
    ['', 'Sent', ''],
  );
});

test('rows: what changed is drawn anew, what did not is not', () => {
  const [first, again] = [
    rows([message(1, 'a', 0), message(2, 'b', 0)]),
    rows([message(1, 'a', 0), message(2, 'b', 0, { version: 2 })]),
  ];
  assert.deepEqual(
    first.map(({ signature }, i) => signature === again[i].signature),
    [true, true, true, false],
  );
  assert.equal(new Set(first.map(({ key }) => key)).size, first.length);
});

test('rows: the line of a day has another name on the next', (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.parse(at(0)) });
  const line = () => rows([message(1, 'a', 0)])[1];
  const today = line();
  assert.equal(line().signature, today.signature);
  t.mock.timers.tick(86_400_000);
  assert.notEqual(line().signature, today.signature);
  assert.equal(line().key, today.key);
});

test('rows: an answer knows what it answers, also while it is on its way, and is drawn anew when that changes', () => {
  const asked = message(1, 'a', 0, { content: 'When?' });
  const answer = message(2, 'b', 0, { replyTo: 'm1' });
  const pending = [{ clientId: 'c1', content: 'x', state: 'queued', createdAt: at(1), type: 'text', replyTo: 'm1' }];
  const before = rows([asked, answer], { pending });
  const after = rows([{ ...asked, version: 2, deleted: true, content: null }, answer], { pending });
  assert.deepEqual(
    before.slice(2).map(({ quote }) => quote?.content ?? null),
    [null, 'When?', 'When?'],
  );
  assert.ok([3, 4].every((i) => before[i].signature !== after[i].signature));
  assert.deepEqual(rows([answer])[2].quote, {}, 'what is not loaded is still something');
});

test('rows: what is being edited is not drawn anew under the hands of the writer', () => {
  const [before, after] = [1, 2].map((version) => rows([message(1, 'me', 0, { version })], { editing: 'm1' })[2]);
  assert.equal(before.editing, true);
  assert.equal(before.signature, after.signature);
  assert.notEqual(before.signature, rows([message(1, 'me', 0)])[2].signature);
  assert.equal(rows([message(1, 'me', 0, { deleted: true })], { editing: 'm1' })[2].editing, false);
});

test('title: who calls, else how much waits', () => {
  globalThis.document = {};
  const title = (changes) => {
    showTitle(changes);
    return document.title;
  };
  assert.equal(title({ waiting: 3 }), '(3) Switchboard');
  assert.equal(title({ calling: 'Ann' }), 'Ann is calling');
  assert.equal(title({ waiting: 100 }), 'Ann is calling');
  assert.equal(title({ calling: null }), '(99+) Switchboard');
  assert.equal(title({ waiting: 0 }), 'Switchboard');
  delete globalThis.document;
});

test('drawing: once a frame; at once in a hidden page, and soon when it was hidden before the frame came', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const frames = [];
  globalThis.requestAnimationFrame = (run) => frames.push(run);
  globalThis.document = { hidden: false };
  let drawn = 0;
  const draw = framed(() => (drawn += 1));
  draw();
  draw();
  frames.shift()();
  t.mock.timers.tick(1_000);
  assert.deepEqual([drawn, frames.length], [1, 0]);
  draw();
  document.hidden = true;
  t.mock.timers.tick(1_000);
  assert.equal(drawn, 2);
  draw();
  await Promise.resolve();
  frames.shift()();
  assert.equal(drawn, 3, 'the late frame draws nothing twice');
  delete globalThis.document;
  delete globalThis.requestAnimationFrame;
});

test('calls: a way that was lost is not one that was never found', () => {
  assert.match(endOf('ice_failed', 'Ann'), /^No way/);
  assert.equal(endOf('ice_failed', 'Ann', true), 'The connection was lost.');
  assert.equal(endOf('rejected', 'Ann'), 'Ann declined.');
});

test('files: a name, an address, or both; only addresses that a page may lead to', () => {
  assert.deepEqual(fileOf('https://a.example/x/the%20plan.pdf?v=1'), {
    name: 'the plan.pdf',
    address: 'https://a.example/x/the%20plan.pdf?v=1',
  });
  assert.deepEqual(fileOf('plan.pdf /api/v1/upload/7'), { name: 'plan.pdf', address: '/api/v1/upload/7' });
  assert.deepEqual(fileOf('my plan.pdf'), { name: 'my plan.pdf' });
  for (const bad of ['javascript:alert(1)', '//evil.example/x', 'data:text/html,x']) assert.equal(fileOf(bad).address, undefined);
  assert.equal(inBrief({ type: 'file', content: 'https://a.example/plan.pdf' }), 'File: plan.pdf');
  assert.equal(inBrief({ deleted: true }), 'Message deleted');
});

test('words: an error says what happened and whether to try again, without its code', () => {
  assert.equal(wordsFor(offlineError()), 'There is no connection to the server. Please try again.');
  assert.equal(wordsFor(new SwitchboardError({ code: 'forbidden', message: 'x' })), 'You may not do this.');
  const fields = [{ field: 'email', message: 'must be an address' }];
  assert.equal(wordsFor(new SwitchboardError({ code: 'validation_failed', fields })), 'Email must be an address.');
  assert.equal(wordsFor(new SwitchboardError({ code: 'new_one', message: 'the sky fell' })), 'The sky fell.');
});

test('text: addresses are found without the punctuation around them; nothing else is touched', () => {
  assert.deepEqual(splitLinks('see https://a.example/x?y=1, (http://b.example).'), [
    'see ',
    { address: 'https://a.example/x?y=1' },
    ', (',
    { address: 'http://b.example' },
    ').',
  ]);
  assert.deepEqual(splitLinks('javascript:alert(1) <b>https</b>'), ['javascript:alert(1) <b>https</b>']);
  assert.deepEqual(splitLinks(''), []);
});

test('names', () => {
  assert.deepEqual(['ann', 'Ann Bo Cy', 'lena.weber', '😀x', ' '].map(initials), ['A', 'AC', 'LW', '😀', '?']);
  assert.equal(listNames(['a', 'b', 'c', 'd']), 'a, b and 2 others');
  assert.equal(hueOf('id'), hueOf('id'));
});
