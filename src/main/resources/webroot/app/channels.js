import { dialog, show } from './dialog.js';
import { conversationAvatar } from './avatar.js';
import { h } from './dom.js';
import { count } from './format.js';
import { Form } from './form.js';
import { search } from './search.js';
import { wordsFor } from './words.js';

/** The public channels: to look through, to enter, and to make another. */
export class Channels {
  #sb;
  #conversations;
  #opened;

  /** @param opened called with the id of the channel that the user chose; they are in it */
  constructor(sb, conversations, opened) {
    this.#sb = sb;
    this.#conversations = conversations;
    this.#opened = opened;
    this.search = search({
      label: 'Find a channel',
      placeholder: 'Part of its name',
      find: async (query) => (await sb.conversations.channels({ query: query || undefined, limit: 50 })).items,
      row: (channel) => this.#row(channel),
      none: 'There is no channel with this in its name.',
    });
    this.problem = h('p', { class: 'problem', role: 'alert' });
    this.form = new Form({
      fields: [['title', 'Name', { maxlength: '100', placeholder: 'For example: Cycling' }]],
      submit: 'Create channel',
      send: async ({ title }) => this.#done(await conversations.createChannel(title.trim())),
    });
    const make = h('details', {}, h('summary', { text: 'Create a channel' }), this.form.element);
    make.addEventListener('toggle', () => make.open && this.form.focus());
    this.element = dialog('Channels', this.search.element, this.problem, make);
  }

  open() {
    show(this.element, this.search.input);
    this.search.look();
  }

  #row(channel) {
    const { title, memberCount } = channel;
    const member = Boolean(this.#conversations.get(channel.id)) || channel.member;
    const names = h('span', { class: 'who' }, h('strong', { text: title }), h('span', { text: count(memberCount, 'member') }));
    const what = h('span', { class: 'what', text: member ? 'Open' : 'Join' });
    const click = () => this.#choose(channel, member);
    return h('button', { type: 'button', on: { click } }, conversationAvatar({ ...channel, kind: 'channel' }), names, what);
  }

  async #choose({ id }, member) {
    this.problem.textContent = '';
    try {
      this.#done(member && this.#conversations.get(id) ? id : await this.#conversations.enter(id, this.#sb.user.id));
    } catch (error) {
      this.problem.textContent = wordsFor(error);
    }
  }

  #done(id) {
    this.element.close();
    this.#opened(id);
  }
}
