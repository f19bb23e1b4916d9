import { h, icon } from './dom.js';

/** The buttons under a call or a meeting. */
export class CallBar {
  #what;
  #busy = new Set();

  /** This person ended it. */
  leaving = false;

  /**
   * @param what `{local, mute, camera, share, leave, choose, failed, leaveLabel, more}`: `local` gives the LocalMedia or
   *     null; `mute`, `camera` and `share` are called with what is wanted and return promises; `choose` opens the choice of
   *     devices; `failed` is called with `(role, error)`; `more` are buttons beside the others
   */
  constructor(what) {
    this.#what = what;
    const { local, mute, camera, share, leave, choose, leaveLabel = 'Hang up', more = [] } = what;
    this.mute = this.#toggle('microphone', 'Mute', () => this.#try('audio', () => mute(!local().muted)));
    this.camera = this.#toggle('video', 'Turn the camera off', () => this.#try('camera', () => camera(!local().cameraOn)));
    this.share = this.#toggle('screen', 'Share screen', () => this.#try('screen', () => share(!local().sharing)));
    this.devices = roundButton('settings', 'Camera and microphone', choose);
    this.leave = roundButton('hang-up', leaveLabel, () => {
      this.leaving = true;
      leave();
    });
    this.leave.classList.add('decline');
    // Phones cannot share their screen.
    this.share.hidden = !navigator.mediaDevices?.getDisplayMedia;
    this.element = h('div', { class: 'call-bar' }, this.mute, this.camera, this.share, ...more, this.devices, this.leave);
    this.draw();
  }

  draw() {
    const local = this.#what.local();
    for (const button of [this.mute, this.camera, this.share]) button.disabled = !local;
    if (!local) return;
    press(this.mute, local.muted, local.muted ? 'microphone-off' : 'microphone');
    press(this.camera, !local.cameraOn, local.cameraOn ? 'video' : 'video-off');
    press(this.share, local.sharing);
  }

  end() {
    for (const button of this.element.children) button.disabled = true;
  }

  #toggle(name, text, click) {
    const button = roundButton(name, text, click);
    button.setAttribute('aria-pressed', 'false');
    return button;
  }

  /** One at a time of a kind: what a second click means is known when the first has done its work. */
  async #try(role, task) {
    if (this.#busy.has(role)) return;
    this.#busy.add(role);
    try {
      await task();
    } catch (error) {
      this.#what.failed(role, error);
    } finally {
      this.#busy.delete(role);
    }
  }
}

export function roundButton(name, text, click) {
  const button = h('button', { type: 'button', class: 'round', title: text, 'aria-label': text, on: { click } });
  draw(button, name);
  return button;
}

/** Shows whether a button is on, with its picture for that. */
export function press(button, pressed, name = button.dataset.icon) {
  button.setAttribute('aria-pressed', String(pressed));
  draw(button, name);
}

function draw(button, name) {
  if (button.dataset.icon === name) return;
  button.dataset.icon = name;
  button.replaceChildren(icon(name));
}
