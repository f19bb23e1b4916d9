import { Emitter } from './emitter.js';
import { LocalMedia } from './local-media.js';

/**
 * What this client sends into a meeting, and what the others are told about it.
 *
 * Events: `track` (role, track or null), `change`.
 */
export class MeetingMedia extends Emitter {
  #update;

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
    local.on('change', () => this.emit('change'));
    local.on('track', (role, track) => this.#sending(role, track));
    this.local = local;
  }

  async mute(muted) {
    await this.local.mute(muted);
    await this.#tellMuted();
  }

  async camera(on) {
    await this.local.camera(on);
    await this.#update('camera', { on });
  }

  async share(on) {
    if (!on) return this.local.share(false);
    // Asked first: who may not need not choose a screen.
    await this.#update('share', { on: true });
    const shared = await this.local.share(true).catch(() => false);
    if (!shared) await this.#update('share', { on: false });
    return shared;
  }

  /** Tells what the others cannot see by themselves, after entering. */
  async tell() {
    await this.#tellMuted();
    if (!this.local.cameraOn) await this.#update('camera', { on: false });
    // Somebody else may have begun to share meanwhile.
    if (this.local.sharing) await this.#update('share', { on: true }).catch(() => this.local.share(false));
  }

  stop() {
    this.local?.stop();
  }

  #sending(role, track) {
    this.emit('track', role, track);
    // Lost with the connection: entering again brings what is true then.
    if (role === 'screen' && !track) this.#update('share', { on: false }).catch(() => {});
  }

  #tellMuted() {
    return this.#update('muted', { on: this.local.muted });
  }
}
