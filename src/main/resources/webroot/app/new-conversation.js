import { personAvatar } from './avatar.js';
import { dialog } from './dialog.js';
import { h, icon } from './dom.js';

/** After this long without a key, in milliseconds, the typed name is looked up. */
const SEARCH_DELAY = 250;

/** Finds people by name; one chosen makes a direct conversation, several a group. */
export class NewConversation {
  #sb;
  #create;
  #chosen = new Map();
  #timer;
  #asked = 0;

  /** @param create called with `{people, title}`; the dialog closes when its promise resolves */
  constructor(sb, create) {
    this.#sb = sb;
    this.#create = create;
    this.chips = h('ul', { class: 'chips', 'aria-label': 'Chosen people' });
    this.search = h('input', {
      type: 'search',
      id: 'person',
      autocomplete: 'off',
      spellcheck: 'false',
      placeholder: 'Name of a person',
      on: { input: () => this.#typed() },
    });
    this.results = h('ul', { class: 'people', 'aria-label': 'People found' });
    this.status = h('p', { class: 'hint', role: 'status' });
    this.title = h('input', { type: 'text', id: 'group-title', maxlength: '100', placeholder: 'For example: Weekend trip' });
    this.titleField = h(
      'div',
      { class: 'field', hidden: true },
      h('label', { for: 'group-title', text: 'Name of the group' }),
      this.title,
    );
    this.submit = h('button', { type: 'submit', class: 'button primary', text: 'Start', disabled: true });
    const person = h('div', { class: 'field' }, h('label', { for: 'person', text: 'With whom?' }), this.search);
    const form = h(
      'form',
      { on: { submit: (event) => this.#submit(event) } },
      this.chips,
      person,
      this.results,
      this.status,
      this.titleField,
      h('div', { class: 'buttons' }, this.submit),
    );
    this.element = dialog('New conversation', form);
  }

  open() {
    document.body.append(this.element);
    this.element.showModal();
    this.search.focus();
    this.#changed();
  }

  #typed() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#find(), SEARCH_DELAY);
  }

  async #find() {
    const query = this.search.value.trim();
    const asked = ++this.#asked;
    if (!query) return this.#show([], '');
    try {
      const { items } = await this.#sb.users.search(query, { limit: 8 });
      const others = items.filter(({ id }) => id !== this.#sb.user.id && !this.#chosen.has(id));
      if (asked === this.#asked)
        this.#show(others, others.length === 0 ? 'Nobody found. Names are found by their beginning.' : '');
    } catch (error) {
      if (asked === this.#asked) this.#show([], error.retryable ? 'The search did not work. Please try again.' : error.message);
    }
    return undefined;
  }

  #show(people, words) {
    this.status.textContent = words;
    this.results.replaceChildren(...people.map((person) => h('li', {}, this.#result(person))));
  }

  #result(person) {
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
    this.search.value = '';
    this.#show([], '');
    this.#changed();
    this.search.focus();
  }

  #unchoose(id) {
    this.#chosen.delete(id);
    this.#changed();
    this.search.focus();
  }

  #changed() {
    const people = [...this.#chosen.values()];
    this.chips.replaceChildren(
      ...people.map(({ id, displayName, username }) => {
        const name = displayName || username;
        return h(
          'li',
          {},
          h(
            'button',
            { type: 'button', 'aria-label': `Remove ${name}`, on: { click: () => this.#unchoose(id) } },
            name,
            icon('close'),
          ),
        );
      }),
    );
    this.chips.hidden = people.length === 0;
    this.titleField.hidden = people.length < 2;
    this.submit.disabled = people.length === 0;
    this.submit.textContent = people.length > 1 ? 'Create group' : 'Start chat';
  }

  async #submit(event) {
    event.preventDefault();
    const people = [...this.#chosen.values()];
    if (people.length === 0) return;
    this.submit.disabled = true;
    const fallback = people
      .map(({ username }) => username)
      .join(', ')
      .slice(0, 100);
    try {
      await this.#create({ people, title: people.length > 1 ? this.title.value.trim() || fallback : '' });
      this.element.close();
    } catch (error) {
      this.status.textContent = error.message;
      this.submit.disabled = false;
    }
  }
}
