const STEPS = { ArrowUp: -1, ArrowDown: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity };

/**
 * Makes a long list one stop of the tab key: inside, the arrow keys go from item to item, and the tab key goes on to what
 * is in the item, not to what is in others.
 */
export class Roving {
  #list;
  #selector;
  #current = null;
  #last = null;

  constructor(list, selector) {
    this.#list = list;
    this.#selector = selector;
    list.addEventListener('keydown', (event) => this.#key(event));
    list.addEventListener('focusin', ({ target }) => this.#entered(target.closest(selector)));
    list.addEventListener('focusout', ({ target }) => setInside(target.closest(selector), -1));
  }

  /** `node` stands for the same item as `old` did: where the tab key leads stays as it was. */
  replaced(old, node) {
    if (this.#last === old) this.#last = node;
    if (this.#current === old) this.#become(node);
  }

  /** Items came or went: exactly one can be tabbed to, where the user was last, or the last once another is that. */
  refresh() {
    const items = this.#items();
    for (const item of items) if (!item.contains(document.activeElement)) setInside(item, -1);
    // A dialog gives the focus back when it closes: the user is still there.
    const away = !this.#list.contains(document.activeElement) && !document.querySelector('dialog[open]');
    const last = items.at(-1);
    if ((away && last !== this.#last) || !this.#current?.isConnected) this.#become(last);
    this.#last = last;
  }

  #items() {
    return [...this.#list.querySelectorAll(`:scope > ${this.#selector}`)];
  }

  #entered(item) {
    this.#become(item);
    setInside(item, 0);
  }

  #become(item) {
    if (!item || item === this.#current) return;
    if (this.#current) this.#current.tabIndex = -1;
    this.#current = item;
    item.tabIndex = 0;
  }

  #key(event) {
    const step = STEPS[event.key];
    if (!step || event.ctrlKey || event.altKey || event.metaKey || event.target.matches('textarea, input')) return;
    const items = this.#items();
    const at = items.indexOf(event.target.closest(this.#selector));
    if (at < 0) return;
    event.preventDefault();
    const next = items[Math.max(0, Math.min(items.length - 1, at + step))];
    next.focus();
    next.scrollIntoView({ block: 'nearest' });
  }
}

/** What is in an item can be tabbed to only from the item: the tab key comes to that first, from either side. */
function setInside(item, tabIndex) {
  for (const control of item?.querySelectorAll('a, button, textarea') ?? []) control.tabIndex = tabIndex;
}
