import { dialog, show } from './dialog.js';
import { h, icon } from './dom.js';
import { Form } from './form.js';
import { count } from './format.js';
import { wordsFor } from './words.js';

const WORDS = { created: 'Nobody is in it', ended: 'Over' };

/** The meetings of this person: to enter one, or to make another. */
export class MeetingsDialog {
  #sb;
  #opened;

  /** @param opened called with the id of the meeting that was chosen */
  constructor(sb, opened) {
    this.#sb = sb;
    this.#opened = opened;
    this.list = h('ul', { class: 'people', 'aria-label': 'Your meetings' });
    this.hint = h('p', { class: 'hint', role: 'status' });
    const lobby = h('input', { type: 'checkbox' });
    this.form = new Form({
      fields: [['title', 'What is it about?', { maxlength: '100', placeholder: 'For example: Monday' }]],
      submit: 'Create meeting',
      send: async ({ title }) => this.#done((await sb.meetings.create({ title: title.trim(), lobby: lobby.checked })).id),
    });
    this.form.problem.before(h('label', { class: 'check' }, lobby, h('span', { text: 'I let people in one by one' })));
    this.element = dialog('Meetings', this.form.element, h('h3', { text: 'Yours' }), this.list, this.hint);
  }

  open() {
    show(this.element, this.form.input('title'));
    this.#load();
  }

  async #load() {
    this.hint.textContent = 'Loading meetings…';
    try {
      const { items } = await this.#sb.meetings.list({ limit: 20 });
      const open = items.filter(({ status }) => status !== 'ended');
      this.list.replaceChildren(...open.map((meeting) => this.#row(meeting)));
      this.hint.textContent = open.length === 0 ? 'None yet.' : '';
    } catch (error) {
      this.hint.textContent = wordsFor(error);
    }
  }

  #row({ id, title, status, activeParticipants }) {
    const words = status === 'live' ? `${count(activeParticipants, 'person', 'people')} in it` : WORDS[status];
    const names = h('span', { class: 'who' }, h('strong', { text: title }), h('span', { text: words }));
    const mark = h('span', { class: 'avatar avatar-room', 'aria-hidden': 'true', data: { hue: '0' } }, icon('video'));
    return h('li', {}, h('button', { type: 'button', on: { click: () => this.#done(id) } }, mark, names, h('span', { class: 'what', text: 'Join' })));
  }

  #done(id) {
    this.element.close();
    this.#opened(id);
  }
}
