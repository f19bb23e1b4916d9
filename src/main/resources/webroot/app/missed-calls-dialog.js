import { personAvatar } from './avatar.js';
import { dialog, show } from './dialog.js';
import { arrange, h } from './dom.js';
import { exactTime } from './format.js';
import { wordsFor } from './words.js';

/** Who called in vain, and a way to each of them. */
export class MissedCallsDialog {
  #missed;
  #meet;
  #rows = new Map();

  /**
   * @param missed a `MissedCalls`
   * @param meet `(userId) => Promise`: opens the conversation with somebody
   */
  constructor(missed, meet) {
    this.#missed = missed;
    this.#meet = meet;
    this.list = h('ul', { class: 'people', 'aria-label': 'Missed calls' });
    this.none = h('p', { class: 'hint', text: 'You missed no call.' });
    this.problem = h('p', { class: 'problem', role: 'alert' });
    this.element = dialog('Missed calls', this.list, this.none, this.problem);
    const off = missed.on('change', () => this.#draw());
    this.element.addEventListener('close', off);
  }

  open() {
    this.#draw();
    show(this.element);
    // Those that cannot be marked now stay new until the next time.
    this.#missed.seen().catch((error) => error.retryable || this.#failed(error));
  }

  #draw() {
    const { all } = this.#missed;
    arrange(this.list, all.map((call) => this.#row(call)));
    this.none.hidden = all.length > 0;
  }

  #row(call) {
    const known = this.#rows.get(call.id);
    if (known) return known;
    const { id, fromId, fromName, at } = call;
    const name = fromName || 'Somebody';
    const names = h('span', { class: 'who' }, h('strong', { text: name }), h('span', { text: exactTime(at) }));
    const parts = [personAvatar({ id: fromId ?? id, name }), names];
    const row = fromId
      ? h('li', {}, h('button', { type: 'button', on: { click: () => this.#choose(fromId) } }, ...parts, h('span', { class: 'what', text: 'Open chat' })))
      : h('li', { class: 'person' }, ...parts);
    this.#rows.set(id, row);
    return row;
  }

  async #choose(userId) {
    this.problem.textContent = '';
    try {
      await this.#meet(userId);
      this.element.close();
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error) {
    this.problem.textContent = wordsFor(error);
  }
}
