import { confirm } from './dialog.js';
import { h } from './dom.js';
import { briefTime, deviceName, exactTime } from './format.js';
import { wordsFor } from './words.js';

/** Where a user is signed in; each can be signed out, and all at once. */
export class Devices {
  #sb;
  #everywhere;

  constructor(sb, signOutEverywhere) {
    this.#sb = sb;
    this.#everywhere = signOutEverywhere;
    this.list = h('ul', { class: 'people devices', 'aria-label': 'Devices' });
    this.problem = h('p', { class: 'problem', role: 'alert' });
    const all = h('button', {
      type: 'button',
      class: 'button danger',
      text: 'Sign out everywhere',
      on: { click: () => this.#signOutEverywhere() },
    });
    this.element = h('div', {}, this.list, this.problem, h('div', { class: 'buttons' }, all));
  }

  async load() {
    await this.#try(async () => {
      const sessions = await this.#sb.users.sessions();
      sessions.sort((a, b) => b.current - a.current || b.lastUsedAt.localeCompare(a.lastUsedAt));
      this.list.replaceChildren(...sessions.map((session) => this.#row(session)));
    });
  }

  #row({ id, userAgent, createdAt, lastUsedAt, current }) {
    const name = deviceName(userAgent);
    const used = current ? 'this device' : `last used ${briefTime(lastUsedAt)}`;
    const words = `${used}, since ${exactTime(createdAt)}`;
    const out = h('button', {
      type: 'button',
      class: 'button',
      text: 'Sign out',
      'aria-label': `Sign out ${name}, ${words}`,
      on: { click: () => this.#signOut(id) },
    });
    return h(
      'li',
      { class: 'person' },
      h('span', { class: 'who' }, h('strong', { text: name }), h('span', { text: words })),
      !current && out,
    );
  }

  async #signOut(id) {
    await this.#try(() => this.#sb.users.revokeSession(id));
    await this.load();
  }

  async #signOutEverywhere() {
    const text = 'All your devices are signed out at once, this one too.';
    const sure = await confirm({ title: 'Sign out everywhere?', text, action: 'Sign out' });
    if (sure) await this.#try(() => this.#everywhere());
  }

  async #try(task) {
    this.problem.textContent = '';
    try {
      await task();
    } catch (error) {
      this.problem.textContent = wordsFor(error);
    }
  }
}
