import { MAX_CONTENT_CHARACTERS } from '/switchboard.js';
import { h } from './dom.js';
import { wordsFor } from './words.js';

/** Stands in the place of a message while its sender changes it: Enter saves, Escape leaves it as it was. */
export class MessageEditor {
  #message;
  #save;
  #end;
  #saving = false;

  /**
   * @param save called with the new text; a promise
   * @param end called when the editor has nothing more to do
   */
  constructor(message, save, end) {
    this.#message = message;
    this.#save = save;
    this.#end = end;
    this.input = h('textarea', { rows: '1', 'aria-label': 'Edit message', 'aria-describedby': 'editor-note' });
    this.input.value = message.content;
    this.input.addEventListener('input', () => this.resize());
    this.input.addEventListener('keydown', (event) => this.#key(event));
    this.note = h('p', { class: 'problem', id: 'editor-note', role: 'alert' });
    this.element = h(
      'form',
      { class: 'editor', on: { submit: (event) => this.#submit(event) } },
      h('div', { class: 'box' }, this.input),
      this.note,
      h(
        'div',
        { class: 'buttons' },
        h('button', { type: 'button', class: 'link', text: 'Cancel', on: { click: () => this.#end() } }),
        h('button', { type: 'submit', class: 'button primary', text: 'Save' }),
      ),
    );
  }

  /** It is on the page now. */
  opened() {
    this.resize();
    this.input.focus();
    this.input.setSelectionRange(this.input.value.length, this.input.value.length);
  }

  resize() {
    this.input.style.height = 'auto';
    this.input.style.height = `${this.input.scrollHeight}px`;
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey) this.#submit(event);
    else if (event.key === 'Escape') {
      event.stopPropagation();
      this.#end();
    }
  }

  async #submit(event) {
    event.preventDefault();
    const text = this.input.value.trim();
    if (this.#saving) return;
    if (!text) return this.#say('A message needs some text. To take it back, delete it.');
    const over = [...text].length - MAX_CONTENT_CHARACTERS;
    if (over > 0) return this.#say(`${over.toLocaleString()} characters too many.`);
    if (text === this.#message.content) return this.#end();
    this.#saving = this.input.readOnly = true;
    try {
      await this.#save(text);
      this.#end();
    } catch (error) {
      this.#say(`Not saved. ${wordsFor(error)}`);
    }
    this.#saving = this.input.readOnly = false;
  }

  #say(words) {
    this.note.textContent = words;
  }
}
