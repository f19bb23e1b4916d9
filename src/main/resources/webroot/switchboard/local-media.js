import { Emitter } from './emitter.js';
import { SwitchboardError } from './errors.js';

const VIDEO = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } };
const AUDIO = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** What getUserMedia rejects with, in words of ours. */
const PROBLEMS = {
  NotAllowedError: 'media_refused',
  SecurityError: 'media_refused',
  NotFoundError: 'media_missing',
  OverconstrainedError: 'media_missing',
  NotReadableError: 'media_busy',
  AbortError: 'media_busy',
};

/**
 * This device's microphone, camera and screen, as far as they are given to us.
 *
 * Events: `track` (role, track or null) whenever something else is to be sent, `change` for whoever draws it.
 */
export class LocalMedia extends Emitter {
  #devices;
  #tracks = new Map();
  #silent = false;
  #cameraWanted = false;
  #turning = Promise.resolve();
  #stopped = false;

  /** Why there is no camera, or no microphone, though one was wanted: SwitchboardErrors `media_…`. */
  problems = { audio: null, camera: null };

  constructor(devices = {}) {
    super();
    this.#devices = { ...devices };
  }

  /**
   * Asks for microphone and camera. Without a camera it goes on with the sound alone, and `problems.camera` says why.
   *
   * @param devices `{microphone, camera}`: ids of preferred devices
   * @param required false: goes on without a microphone as well, and `problems.audio` says why there is none
   * @throws SwitchboardError `media_refused`, `media_missing`, `media_busy`, `media_insecure` when there is no microphone
   */
  static async open({ video = true, devices, required = true } = {}) {
    const media = new LocalMedia(devices);
    try {
      await media.#open(video);
      return media;
    } catch (error) {
      if (!required) return media;
      media.stop();
      throw error;
    }
  }

  /** The cameras, microphones and speakers of this device; they have names once one of them may be used. */
  static async devices() {
    const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    const of = (kind) => all.filter((device) => device.kind === kind).map(({ deviceId, label }) => ({ id: deviceId, label }));
    return { microphones: of('audioinput'), cameras: of('videoinput'), speakers: of('audiooutput') };
  }

  /** The track of a role, `audio`, `camera` or `screen`, or null. */
  track(role) {
    return this.#tracks.get(role) ?? null;
  }

  get tracks() {
    return [...this.#tracks];
  }

  get muted() {
    return !this.track('audio')?.enabled;
  }

  get cameraOn() {
    return this.track('camera') !== null;
  }

  get sharing() {
    return this.track('screen') !== null;
  }

  async mute(muted) {
    this.#silent = muted;
    if (!muted && !this.track('audio')) await this.#microphone();
    const track = this.track('audio');
    if (track) track.enabled = !this.#silent;
    this.emit('change');
    if (!muted && !track) throw this.problems.audio;
  }

  /** Turns the camera on or off; off, its light goes out. One wish after the other: the last one counts. */
  camera(on) {
    this.#cameraWanted = on;
    const turned = this.#turning.then(() => this.#turnCamera());
    this.#turning = turned.catch(() => {});
    return turned;
  }

  /** Shares the screen, a window or a tab: the browser asks which. Resolves to whether it is shared. */
  async share(on) {
    if (!on) return this.#replace('screen', null) ?? false;
    try {
      const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } }, audio: false });
      const [track] = stream.getVideoTracks();
      track.contentHint = 'detail';
      this.#replace('screen', track);
      return true;
    } catch (error) {
      // Whoever closes the browser's question has changed their mind.
      if (error.name === 'NotAllowedError') return false;
      throw problem(error);
    }
  }

  /** Uses other devices from now on: `{microphone?, camera?}`, ids of `LocalMedia.devices()`. */
  async use(devices) {
    Object.assign(this.#devices, devices);
    if (devices.microphone) await this.#microphone();
    if (devices.camera && this.cameraOn) await this.#camera();
  }

  /** Lets go of everything. */
  stop() {
    this.#stopped = true;
    for (const track of this.#tracks.values()) track?.stop();
    this.#tracks.clear();
  }

  async #open(video) {
    if (!globalThis.navigator?.mediaDevices?.getUserMedia) {
      this.problems.audio = new SwitchboardError({ code: 'media_insecure', message: 'The browser gives no camera to pages without HTTPS' });
      throw this.problems.audio;
    }
    if (video) {
      try {
        // Asked for together, the browser asks the person once.
        const stream = await this.#ask({ audio: this.#audio(), video: this.#video() });
        this.#replace('audio', stream.getAudioTracks()[0]);
        return this.#replace('camera', stream.getVideoTracks()[0]);
      } catch (error) {
        this.problems.camera = problem(error);
      }
    }
    await this.#microphone();
    if (this.problems.audio) throw this.problems.audio;
    return undefined;
  }

  async #turnCamera() {
    const on = this.#cameraWanted;
    if (on === this.cameraOn) return;
    if (!on) {
      this.problems.camera = null;
      return this.#replace('camera', null);
    }
    await this.#camera();
    if (this.problems.camera) throw this.problems.camera;
  }

  async #microphone() {
    const track = await this.#one('audio', { audio: this.#audio() });
    if (!track) return;
    // Whoever is muted stays so, whichever microphone it is.
    track.enabled = !this.#silent;
    this.#replace('audio', track);
  }

  async #camera() {
    const track = await this.#one('camera', { video: this.#video() });
    if (track) this.#replace('camera', track);
  }

  async #one(role, constraints) {
    try {
      const stream = await this.#ask(constraints);
      this.problems[role] = null;
      return stream.getTracks()[0];
    } catch (error) {
      this.problems[role] = problem(error);
      this.emit('change');
      return null;
    }
  }

  #ask(constraints) {
    return navigator.mediaDevices.getUserMedia(constraints);
  }

  #audio() {
    const { microphone } = this.#devices;
    return microphone ? { ...AUDIO, deviceId: { ideal: microphone } } : AUDIO;
  }

  #video() {
    const { camera } = this.#devices;
    return camera ? { ...VIDEO, deviceId: { ideal: camera } } : VIDEO;
  }

  #replace(role, track) {
    // Given to us after the end: its light must not stay on.
    if (this.#stopped) return track?.stop();
    const before = this.track(role);
    this.#tracks.set(role, track);
    if (before && before !== track) {
      before.onended = null;
      before.stop();
    }
    // The device was unplugged, or the person ended it in the browser's own bar.
    if (track) track.onended = () => this.track(role) === track && this.#ended(role);
    this.emit('track', role, track);
    this.emit('change');
  }

  /** Another microphone takes the place of one that is gone; another camera may show what nobody wants to show. */
  #ended(role) {
    if (role === 'camera') this.problems.camera = lost('camera');
    this.#replace(role, null);
    if (role === 'audio') this.#microphone();
  }
}

function lost(what) {
  return new SwitchboardError({ code: 'media_lost', message: `The ${what} was disconnected` });
}

function problem(error) {
  const code = PROBLEMS[error.name] ?? 'media_busy';
  return new SwitchboardError({ code, message: error.message || code });
}
