import { personAvatar } from './avatar.js';
import { mediaWords, nameOf } from './call-words.js';
import { announce, h, icon } from './dom.js';
import { wordsFor } from './words.js';

/**
 * Somebody calls. It takes no focus: who is writing would accept, or decline, with the next key. It is the first thing on
 * the page, so that the tab key comes to it.
 */
export class Ringing {
  #call;
  #off;

  constructor(call) {
    this.#call = call;
    const name = nameOf(call.user);
    const video = call.media === 'video';
    this.problem = h('p', { class: 'problem', role: 'alert' });
    this.buttons = h(
      'div',
      { class: 'ringing-buttons' },
      video && this.#button('video', 'Accept', 'accept', () => this.#answer(true)),
      this.#button('phone', video ? 'Without camera' : 'Accept', 'accept', () => this.#answer(false)),
      this.#button('hang-up', 'Decline', 'decline', () => this.#call.reject()),
    );
    this.element = h(
      'section',
      { class: 'ringing', 'aria-label': 'Incoming call' },
      personAvatar({ id: call.user.id, name }),
      h('p', { class: 'who' }, h('strong', { text: name }), h('span', { text: video ? 'Video call' : 'Audio call' })),
      this.buttons,
      this.problem,
    );
    this.#off = call.on('change', () => this.#draw());
    announce(`${name} is calling. ${video ? 'Video call' : 'Audio call'}.`);
    this.#draw();
  }

  end() {
    this.#off();
    this.element.remove();
  }

  #button(name, text, kind, click) {
    return h('button', { type: 'button', class: `round-label ${kind}`, on: { click } }, icon(name), h('span', { text }));
  }

  #draw() {
    for (const button of this.buttons.children) button.disabled = this.#call.state !== 'ringing';
  }

  async #answer(video) {
    this.problem.textContent = '';
    try {
      await this.#call.answer({ video });
    } catch (error) {
      this.problem.textContent = error.code?.startsWith('media_') ? mediaWords('audio', error) : wordsFor(error);
    }
  }
}
