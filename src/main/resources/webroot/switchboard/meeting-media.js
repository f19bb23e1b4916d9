import { Emitter } from './emitter.js';
import { LocalMedia } from './local-media.js';

/**
 * What this client sends into a meeting, and what the others are told about it.
 *
 * Events: `track` (role, track or null), `change`.
 */
export class MeetingMedia extends Emitter {
  #update;
  /** What the others know, by the action that tells it; null while this client is not in the meeting. */
  #told = null;

  /** The LocalMedia, null until it is open. */
  local = null;

  /** @param update `(action, {on}) => Promise`: `meeting:update` */
  constructor(update) {
    super();
    this.#update = update;
  }

  /** Asks for microphone and camera, and goes on without what is not given. */
  async open({ video, muted, devices }) {
    const local = await LocalMedia.open({ video, devices, required: false });
    if (muted && local.track('audio')) await local.mute(true);
    local.on('change', () => {
      this.#tell();
      this.emit('change');
    });
    local.on('track', (role, track) => this.#sending(role, track));
    this.local = local;
  }

  async mute(muted) {
    await this.local.mute(muted);
  }

  async camera(on) {
    await this.local.camera(on);
  }

  /** Rejects with `conflict` when somebody else shares, with what the browser says when it cannot. */
  async share(on) {
    if (!on) return this.local.share(false);
    // Asked first: who may not need not choose a screen.
    await this.#update('share', { on: true });
    const shared = await this.local.share(true).catch((error) => error);
    if (shared !== true) await this.#update('share', { on: false });
    if (shared instanceof Error) throw shared;
    return shared;
  }

  /** This client is in the meeting: tells what the others cannot see by themselves, now and whenever it changes. */
  async entered() {
    this.#told = {};
    await this.#tell();
    // Somebody else may have begun to share meanwhile.
    if (this.local.sharing) await this.#update('share', { on: true }).catch(() => this.local.share(false));
  }

  /** It is not: entering brings what is true then. */
  away() {
    this.#told = null;
  }

  stop() {
    this.local?.stop();
  }

  #sending(role, track) {
    this.emit('track', role, track);
    if (role === 'screen' && !track && this.#told) this.#update('share', { on: false }).catch(() => {});
  }

  async #tell() {
    const told = this.#told;
    if (!told) return;
    for (const action of ['muted', 'camera']) {
      const on = action === 'muted' ? this.local.muted : this.local.cameraOn;
      if (told[action] === on) continue;
      told[action] = on;
      // What is lost with the connection is told on coming back; who has no seat any more hears so by itself.
      await this.#update(action, { on }).catch(() => delete told[action]);
    }
  }
}
