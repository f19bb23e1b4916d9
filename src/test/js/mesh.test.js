import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Mesh } from '../../main/resources/webroot/switchboard/mesh.js';
import { settle } from './support.js';

/** Browsers' connections, as far as a mesh touches them. */
function browser() {
  const made = [];
  globalThis.RTCPeerConnection = class {
    signalingState = 'stable';
    connectionState = 'new';
    remoteDescription = null;
    localDescription = null;

    constructor() {
      made.push(this);
      this.name = `a=fingerprint:${made.length}`;
    }

    addTransceiver() {
      // As browsers do: later, once.
      if (!this.asked) queueMicrotask(() => this.onnegotiationneeded?.());
      this.asked = true;
    }

    async setLocalDescription() {
      const answers = this.signalingState === 'have-remote-offer';
      this.signalingState = answers ? 'stable' : 'have-local-offer';
      this.localDescription = { type: answers ? 'answer' : 'offer', sdp: this.name };
    }

    async setRemoteDescription(description) {
      this.remoteDescription = description;
      this.signalingState = description.type === 'offer' ? 'have-remote-offer' : 'stable';
    }

    getTransceivers() {
      return [];
    }

    close() {
      this.signalingState = 'closed';
    }
  };
  return made;
}

/** `me` in a meeting with somebody else, to whom nothing gets through until `world.through`. */
function alone(t, me) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const world = { made: browser(), said: [] };
  const request = async (address, body) => world.said.push([address, body.sdp]);
  const servers = async () => ({ iceServers: [] });
  world.mesh = new Mesh({ me, meetingId: 'm', request, servers, policy: 'all', local: () => ({ tracks: [] }) });
  world.other = { userId: 'm', socketId: 's', joinedAt: '1' };
  world.offers = () => new Set(world.said.filter(([address]) => address === 'offer').map(([, sdp]) => sdp));
  world.pass = async (seconds) => {
    for (let i = 0; i < seconds; i += 1) {
      await settle();
      t.mock.timers.tick(1_000);
    }
    await settle();
  };
  return world;
}

for (const [me, which] of [
  ['a', 'who insists'],
  ['z', 'who gives way'],
]) {
  test(`mesh: a connection that found no way is made anew by ${which}, until there is one or nobody to have it with`, async (t) => {
    const world = alone(t, me);
    await world.mesh.follow([world.other], { entered: true, servers: { iceServers: [] } });
    await world.pass(45);
    assert.equal(world.offers().size, 2, 'the second try');
    assert.deepEqual(world.made.map(({ signalingState }) => signalingState), ['closed', 'have-local-offer']);
    await world.mesh.follow([]);
    await world.pass(60);
    assert.equal(world.made.length, 2);
  });
}

test('mesh: who gave up hears the other one who begins anew, though the first try was never answered', async (t) => {
  const world = alone(t, 'z');
  const servers = async () => ({ iceServers: [] });
  await world.mesh.follow([world.other], { entered: true, servers: { iceServers: [] } });
  await world.pass(31);
  assert.equal(world.made[0].signalingState, 'closed');
  await world.mesh.signal('offer', { sdp: 'a=fingerprint:theirs' }, world.other, servers);
  await settle();
  assert.equal(world.made.length, 2);
  assert.deepEqual(world.said.at(-1), ['answer', world.made[1].name]);
  await world.pass(15);
  assert.equal(world.made.length, 2, 'and begins no other one');
  world.mesh.end();
});
