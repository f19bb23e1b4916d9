import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

/** A page whose own timers never run, and the worker that it starts. */
async function heldBack() {
  mock.timers.enable({ apis: ['setTimeout'] });
  const sent = [];
  let worker;
  globalThis.document = {};
  globalThis.Worker = class {
    constructor() {
      worker = this;
    }

    postMessage(message) {
      sent.push(message);
    }
  };
  const clock = await import('../../main/resources/webroot/switchboard/clock.js?held-back');
  return { ...clock, sent, ring: (data) => worker.onmessage({ data }) };
}

test('clock: the worker is enough, and what is due runs once', async () => {
  const { after, cancel, sent, ring } = await heldBack();
  try {
    let runs = 0;
    const id = after(500, () => (runs += 1));
    assert.deepEqual(sent, [{ id, milliseconds: 500 }]);
    ring(id);
    ring(id);
    mock.timers.tick(10_000);
    assert.equal(runs, 1);
    const other = after(500, () => (runs += 1));
    cancel(other);
    ring(other);
    mock.timers.tick(10_000);
    assert.equal(runs, 1);
    assert.deepEqual(sent.at(-1), { id: other });
    after(500, () => (runs += 1));
    mock.timers.tick(500);
    assert.equal(runs, 2, 'without the worker, the plain timer does');
  } finally {
    mock.timers.reset();
    delete globalThis.document;
    delete globalThis.Worker;
  }
});
