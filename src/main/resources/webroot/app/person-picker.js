import { personAvatar } from './avatar.js';
import { h, icon } from './dom.js';
import { search } from './search.js';

/** Finds people by name and gathers those chosen, who show as chips; `changed` is called when they are others. */
export class PersonPicker {
  #sb;
  #changed;
  #not;
  #chosen = new Map();

  /**
   * @param label what the field asks for
   * @param not ids of people who cannot be chosen
   */
  constructor(sb, { label, changed, not = [] }) {
    this.#sb = sb;
    this.#changed = changed;
    this.#not = new Set([sb.user.id, ...not]);
    this.chips = h('ul', { class: 'chips', 'aria-label': 'Chosen people', hidden: true });
    this.search = search({
      label,
      placeholder: 'Name of a person',
      find: (query) => this.#find(query),
      row: (person) => this.#row(person),
      none: 'Nobody found. Names are found by their beginning.',
    });
    this.element = h('div', { class: 'picker' }, this.chips, this.search.element);
  }

  get people() {
    return [...this.#chosen.values()];
  }

  get input() {
    return this.search.input;
  }

  async #find(query) {
    if (!query) return [];
    const { items } = await this.#sb.users.search(query, { limit: 8 });
    return items.filter(({ id }) => !this.#not.has(id) && !this.#chosen.has(id));
  }

  #row(person) {
    const name = person.displayName || person.username;
    const names = h('span', { class: 'who' }, h('strong', { text: name }), h('span', { text: `@${person.username}` }));
    return h(
      'button',
      { type: 'button', on: { click: () => this.#choose(person) } },
      personAvatar({ id: person.id, name }),
      names,
    );
  }

  #choose(person) {
    this.#chosen.set(person.id, person);
    this.search.clear();
    this.#draw();
  }

  #unchoose(id) {
    this.#chosen.delete(id);
    this.#draw();
  }

  #draw() {
    this.chips.replaceChildren(...this.people.map((person) => h('li', {}, this.#chip(person))));
    this.chips.hidden = this.#chosen.size === 0;
    this.input.focus();
    this.#changed(this.people);
  }

  #chip({ id, displayName, username }) {
    const name = displayName || username;
    const click = () => this.#unchoose(id);
    return h('button', { type: 'button', 'aria-label': `Remove ${name}`, on: { click } }, name, icon('close'));
  }
}
