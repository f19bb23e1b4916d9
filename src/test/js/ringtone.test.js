import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ringtone } from '../../main/resources/webroot/app/ringtone.js';

/** A browser that lets a page sound once it was touched, and only when it is asked then. */
function browser() {
  const made = { touched: false, notes: 0, contexts: [] };
  globalThis.AudioContext = class {
    state = 'suspended';
    currentTime = 0;

    constructor() {
      made.contexts.push(this);
    }

    async resume() {
      if (!made.touched) return new Promise(() => {});
      this.state = 'running';
      return this.onstatechange?.();
    }

    async close() {
      this.state = 'closed';
    }
  };
  const node = class {
    gain = { linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {} };
    connect = (next) => next;
    stop() {}
  };
  globalThis.GainNode = node;
  globalThis.OscillatorNode = class extends node {
    start() {
      made.notes += 1;
    }
  };
  return made;
}

test('ringtone: a page that was never touched begins to sound when it is, and is silent when nobody calls', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const made = browser();
  const tone = new Ringtone();
  tone.play(true);
  t.mock.timers.tick(5_000);
  assert.equal(made.notes, 0);
  made.touched = true;
  t.mock.timers.tick(2_400);
  assert.equal(made.notes, 2);
  tone.play(true);
  t.mock.timers.tick(2_400);
  assert.deepEqual([made.notes, made.contexts.length], [4, 1]);
  tone.play(false);
  t.mock.timers.tick(10_000);
  assert.deepEqual([made.notes, made.contexts[0].state], [4, 'closed']);
});
