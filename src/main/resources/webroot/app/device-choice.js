import { dialog, show } from './dialog.js';
import { h } from './dom.js';
import { mediaWords } from './call-words.js';

const KEY = 'switchboard.calls';
const KINDS = [
  ['microphone', 'microphones', 'Microphone'],
  ['camera', 'cameras', 'Camera'],
  ['speaker', 'speakers', 'Speaker'],
];

/** What was chosen on this device: `{relay, devices: {microphone, camera, speaker}}`. */
export function keptDevices() {
  try {
    const { relay = false, devices = {} } = JSON.parse(window.localStorage.getItem(KEY)) ?? {};
    return { relay: relay === true, devices };
  } catch {
    return { relay: false, devices: {} };
  }
}

function keep(options) {
  try {
    window.localStorage.setItem(KEY, JSON.stringify(options));
  } catch {
    // The choice holds for as long as the page is open.
  }
}

/** Which camera, microphone and speaker calls use, and whether they go through a relay. */
export class DeviceChoice {
  #sb;
  #call;
  #sound;

  /** @param call the one that goes on */
  constructor(sb, call, sound) {
    this.#sb = sb;
    this.#call = call;
    this.#sound = sound;
    this.fields = h('div', { class: 'search' });
    this.problem = h('p', { class: 'problem', role: 'alert' });
    const relay = h('input', { type: 'checkbox', checked: sb.calls.options.relay, on: { change: () => this.#relay(relay.checked) } });
    this.element = dialog(
      'Camera and microphone',
      this.fields,
      h('label', { class: 'check' }, relay, h('span', { text: 'Hide my network address: always use a relay (from the next call on)' })),
      this.problem,
    );
  }

  async open() {
    show(this.element);
    const devices = await this.#sb.calls.devices();
    for (const [kind, list, text] of KINDS) this.#add(kind, text, devices[list]);
  }

  #add(kind, text, devices) {
    // A single device without a name is what browsers show that keep the choice to themselves.
    const known = devices.filter(({ id }) => id);
    if (known.length === 0) return;
    const chosen = this.#sb.calls.options.devices[kind];
    const options = known.map(({ id, label }) => h('option', { value: id, selected: id === chosen, text: label || text }));
    const id = `device-${kind}`;
    const select = h('select', { id, on: { change: () => this.#choose(kind, select.value) } }, ...options);
    this.fields.append(h('div', { class: 'field' }, h('label', { for: id, text }), select));
  }

  async #choose(kind, id) {
    const { options } = this.#sb.calls;
    options.devices = { ...options.devices, [kind]: id };
    keep(options);
    this.problem.textContent = '';
    if (kind === 'speaker') return this.#listenTo(id);
    const { local } = this.#call;
    await local?.use({ [kind]: id });
    const role = kind === 'camera' ? 'camera' : 'audio';
    if (local?.problems[role]) this.problem.textContent = mediaWords(role, local.problems[role]);
    return undefined;
  }

  async #listenTo(id) {
    await this.#sound.through(id).catch(() => {
      this.problem.textContent = 'This speaker does not work at the moment.';
    });
  }

  #relay(relay) {
    this.#sb.calls.options.relay = relay;
    keep(this.#sb.calls.options);
  }
}
