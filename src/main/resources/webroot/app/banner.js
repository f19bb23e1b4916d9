import { h } from './dom.js';

/** Says how the connection is, while it is not well. */
export class Banner {
  #sb;
  #change = { state: 'connecting' };
  #timer;
  #off;

  constructor(sb) {
    this.#sb = sb;
    this.text = h('span', { role: 'status' });
    // It counts down: to hear that each second helps nobody.
    this.detail = h('span', { 'aria-hidden': 'true' });
    this.button = h('button', { type: 'button', class: 'link', on: { click: () => this.#act() } });
    this.element = h('div', { class: 'banner', hidden: true }, this.text, ' ', this.detail, ' ', this.button);
    this.#off = sb.on('state', (change) => this.#show(change));
  }

  end() {
    clearInterval(this.#timer);
    this.#off();
  }

  #show(change) {
    const wasBroken = this.#change.state === 'offline';
    // A new try does not take the banner away; only its success does.
    this.#change = change.state === 'connecting' && wasBroken ? { ...this.#change, trying: true } : change;
    clearInterval(this.#timer);
    if (this.#change.state === 'offline' && !this.#change.trying) this.#timer = setInterval(() => this.#draw(), 1_000);
    this.#draw();
  }

  #draw() {
    const { state, retryAt, trying } = this.#change;
    this.element.hidden = state !== 'offline' && state !== 'closed';
    if (state === 'closed') {
      this.#say('The server does not understand this page any more. It may be out of date.', '', 'Reload');
    } else if (state === 'offline') {
      const seconds = Math.ceil((retryAt - Date.now()) / 1000);
      const device = navigator.onLine === false ? 'You are offline.' : 'The connection was lost.';
      if (trying || seconds <= 0) this.#say(device, 'Reconnecting…');
      else this.#say(device, `Next try in ${seconds} s.`, 'Try now');
    }
  }

  #say(text, detail, action = '') {
    // Set only when it changed: setting it is what screen readers announce.
    if (this.text.textContent !== text) this.text.textContent = text;
    this.detail.textContent = detail;
    this.button.textContent = action;
    this.button.hidden = !action;
  }

  #act() {
    if (this.#change.state === 'closed') location.reload();
    else this.#sb.connect();
  }
}
