import { h } from './dom.js';
import { sentence, wordsFor } from './words.js';

let forms = 0;

/**
 * A form that sends itself and says what is wrong beside the field that it is about. `fields` are `[name, label,
 * attributes]`; those without `optional` must be filled in.
 */
export class Form {
  #send;
  #inputs = new Map();

  /**
   * @param send called with `{name: value}`; a promise. What it rejects with is explained
   * @param words what to say for a code, where that differs from what is said elsewhere: `{code: words}`, or
   *     `{code: [field, words]}`
   * @param extra nodes between the fields and the button
   */
  constructor({ fields, submit, send, words = {}, before = [], extra = [] }) {
    this.#send = send;
    this.words = words;
    const id = `form${(forms += 1)}`;
    this.problem = h('p', { class: 'problem', role: 'alert' });
    this.done = h('p', { class: 'hint', role: 'status' });
    this.button = h('button', { class: 'button primary', type: 'submit', text: submit });
    this.element = h(
      'form',
      { novalidate: true, on: { submit: (event) => this.#submit(event) } },
      ...before,
      ...fields.map(([name, label, attributes]) => this.#field(`${id}-${name}`, name, label, attributes)),
      this.problem,
      this.done,
      h('div', { class: 'buttons' }, ...extra, this.button),
    );
  }

  input(name) {
    return this.#inputs.get(name).input;
  }

  focus() {
    this.#inputs.values().next().value?.input.focus();
  }

  /** Empties all fields. */
  clear() {
    for (const { input } of this.#inputs.values()) input.value = '';
  }

  #field(id, name, label, { optional = false, ...attributes } = {}) {
    const input = h('input', { id, name, type: 'text', required: !optional, 'aria-describedby': `${id}-problem`, ...attributes });
    const problem = h('p', { class: 'problem', id: `${id}-problem` });
    this.#inputs.set(name, { input, problem });
    return h('div', { class: 'field' }, h('label', { for: id, text: label }), input, problem);
  }

  async #submit(event) {
    event.preventDefault();
    this.#clearProblems();
    const inputs = [...this.#inputs.entries()];
    const missing = inputs.find(([, { input }]) => input.required && !input.value.trim());
    if (missing) return this.#refuse(missing[0], 'Please fill this in');
    const values = Object.fromEntries(inputs.map(([name, { input }]) => [name, input.value]));
    const focused = document.activeElement;
    this.element.inert = true;
    try {
      this.done.textContent = (await this.#send(values)) ?? '';
      this.element.inert = false;
      focused?.focus();
    } catch (error) {
      this.element.inert = false;
      this.#explain(error);
    }
    return undefined;
  }

  #clearProblems() {
    this.problem.textContent = this.done.textContent = '';
    for (const { input, problem } of this.#inputs.values()) {
      input.removeAttribute('aria-invalid');
      problem.textContent = '';
    }
  }

  #explain(error) {
    const own = this.words[error.code];
    if (Array.isArray(own)) return this.#refuse(...own);
    const known = (error.fields ?? []).filter(({ field }) => this.#inputs.has(field));
    // The last one refused gets the focus: the first on the page.
    if (known.length > 0) return known.reverse().forEach(({ field, message }) => this.#refuse(field, message));
    this.problem.textContent = own ?? wordsFor(error);
    return this.button.focus();
  }

  #refuse(name, message) {
    const { input, problem } = this.#inputs.get(name);
    input.setAttribute('aria-invalid', 'true');
    problem.textContent = sentence(message);
    input.focus();
  }
}
