import { h, icon } from './dom.js';

/** The buttons under a call. */
export class CallBar {
  #call;
  #failed;

  /** This person ended the call. */
  leaving = false;

  /**
   * @param options.choose opens the choice of devices
   * @param options.failed called with `(role, SwitchboardError)` when a device does not work
   */
  constructor(call, { choose, failed }) {
    this.#call = call;
    this.#failed = failed;
    this.mute = this.#toggle('microphone', 'Mute', () => call.local.mute(!call.local.muted));
    this.camera = this.#toggle('video', 'Camera', () => this.#try('camera', call.local.camera(!call.local.cameraOn)));
    this.share = this.#toggle('screen', 'Share screen', () => this.#try('camera', call.local.share(!call.local.sharing)));
    this.devices = h('button', { type: 'button', class: 'round', on: { click: choose } });
    label(this.devices, 'settings', 'Camera and microphone');
    this.hangUp = h('button', { type: 'button', class: 'round decline', on: { click: () => this.#leave() } });
    label(this.hangUp, 'hang-up', 'Hang up');
    // Phones cannot share their screen.
    this.share.hidden = !navigator.mediaDevices?.getDisplayMedia;
    this.element = h('div', { class: 'call-bar' }, this.mute, this.camera, this.share, this.devices, this.hangUp);
    this.draw();
  }

  draw() {
    const { local } = this.#call;
    for (const button of [this.mute, this.camera, this.share]) button.disabled = !local;
    if (!local) return;
    set(this.mute, local.muted, local.muted ? 'microphone-off' : 'microphone');
    set(this.camera, !local.cameraOn, local.cameraOn ? 'video' : 'video-off');
    label(this.camera, local.cameraOn ? 'video' : 'video-off', 'Turn the camera off');
    set(this.share, local.sharing, 'screen');
  }

  end() {
    for (const button of this.element.children) button.disabled = true;
  }

  #toggle(name, text, click) {
    const button = h('button', { type: 'button', class: 'round', 'aria-pressed': 'false', on: { click } });
    label(button, name, text);
    return button;
  }

  async #try(role, task) {
    await task.catch((error) => this.#failed(role, error));
  }

  #leave() {
    this.leaving = true;
    this.#call.hangUp();
  }
}

function label(button, name, text) {
  if (button.title !== text) {
    button.title = text;
    button.setAttribute('aria-label', text);
  }
  if (button.dataset.icon === name) return;
  button.dataset.icon = name;
  button.replaceChildren(icon(name));
}

function set(button, pressed, name) {
  button.setAttribute('aria-pressed', String(pressed));
  label(button, name, button.title);
}
