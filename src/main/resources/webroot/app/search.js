import { h } from './dom.js';
import { wordsFor } from './words.js';

/** After this long without a key, in milliseconds, what was typed is looked up. */
const DELAY = 250;

let searches = 0;

/**
 * A field, and under it what was found for what is typed in it. Enter takes the first; the arrow keys lead into the list
 * and through it.
 *
 * @param find called with what was typed, trimmed, perhaps empty; resolves to the items
 * @param row draws an item, as a button or with one in it
 * @param none what to say when nothing was found
 */
export function search({ label, placeholder, find, row, none }) {
  const id = `search${(searches += 1)}`;
  const input = h('input', { type: 'search', id, autocomplete: 'off', spellcheck: 'false', placeholder });
  const results = h('ul', { class: 'people', 'aria-label': 'Found' });
  const status = h('p', { class: 'hint', role: 'status' });
  const field = h('div', { class: 'field' }, h('label', { for: id, text: label }), input);
  const element = h('div', { class: 'search' }, field, results, status);
  let timer;
  let asked = 0;

  async function look() {
    clearTimeout(timer);
    const own = ++asked;
    const query = input.value.trim();
    let items = [];
    let words = '';
    try {
      items = await find(query);
      if (items.length === 0 && query) words = none;
    } catch (error) {
      words = wordsFor(error);
    }
    if (own !== asked) return false;
    status.textContent = words;
    results.replaceChildren(...items.map((item) => h('li', {}, row(item))));
    return true;
  }

  const buttons = () => [...results.querySelectorAll('button')];
  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(look, DELAY);
  });
  input.addEventListener('keydown', async (event) => {
    if (event.key !== 'Enter' || event.isComposing || !input.value.trim()) return;
    // The form must not be sent with half a name in it.
    event.preventDefault();
    // What is listed may be for what was there before the last keys.
    if (await look()) buttons()[0]?.click();
  });
  element.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const stops = [input, ...buttons()];
    const next = stops[stops.indexOf(document.activeElement) + step];
    event.preventDefault();
    next?.focus();
  });

  const clear = () => {
    input.value = '';
    look();
  };
  return { element, input, look, clear };
}
