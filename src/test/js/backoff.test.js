import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closeAction, delayAfter, fullJitter, MAX_DELAY, MIN_DELAY } from '../../main/resources/webroot/switchboard/backoff.js';
import { randoms } from './support.js';

test('the wait grows from 0.5 s to 20 s and is spread over its whole range', () => {
  const { next } = randoms(1);
  const waits = (attempt) => Array.from({ length: 2_000 }, () => fullJitter(attempt, next));
  for (const attempt of [0, 1, 3, 6, 40, 2_000]) {
    const all = waits(attempt);
    assert.ok(Math.min(...all) >= MIN_DELAY && Math.max(...all) <= MAX_DELAY, `attempt ${attempt}`);
    const ceiling = Math.min(MAX_DELAY, MIN_DELAY + MIN_DELAY * 2 ** attempt);
    const quarters = [0, 0, 0, 0];
    for (const wait of all) quarters[Math.min(3, Math.floor((4 * (wait - MIN_DELAY)) / (ceiling - MIN_DELAY)))] += 1;
    assert.ok(Math.min(...quarters) > 300, `attempt ${attempt}: ${quarters}`);
  }
});

test('a draining node is left at once, an ordinary loss is not', () => {
  assert.ok(delayAfter(1012, 0, () => 0.999) <= 500);
  assert.ok(delayAfter(1012, 0, () => 0) === 0);
  assert.ok(delayAfter(1006, 0, () => 0) >= MIN_DELAY);
  assert.ok(delayAfter(1012, 1, () => 0) >= MIN_DELAY, 'the second try is like any other');
});

test('too_many waits longer', () => {
  assert.ok(delayAfter(4409, 0, () => 0) >= 5_000);
  assert.ok(delayAfter(4409, 30, () => 0.999) <= MAX_DELAY);
});

test('each close code has its action', () => {
  const actions = Object.fromEntries(
    [4400, 4401, 4402, 4403, 4405, 4408, 4409, 1000, 1006, 1007, 1009, 1012, undefined].map((c) => [c, closeAction(c)]),
  );
  assert.deepEqual(actions, {
    4400: 'stop',
    4401: 'refresh',
    4402: 'refresh',
    4403: 'unauthorized',
    4405: 'retry',
    4408: 'retry',
    4409: 'retry',
    1000: 'retry',
    1006: 'retry',
    1007: 'retry',
    1009: 'retry',
    1012: 'retry',
    undefined: 'retry',
  });
});
