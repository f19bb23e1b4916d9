import { personAvatar } from './avatar.js';
import { confirm, dialog, show } from './dialog.js';
import { h } from './dom.js';
import { count } from './format.js';
import { Form } from './form.js';
import { PersonPicker } from './person-picker.js';
import { search } from './search.js';
import { wordsFor } from './words.js';

/** About a conversation: who is in it, those online first, and what its members may do with it. */
export class RoomInfo {
  #sb;
  #room;
  #conversation;
  #offs = [];

  constructor(sb, room, conversation) {
    this.#sb = sb;
    this.#room = room;
    this.#conversation = conversation;
    this.hint = h('p', { class: 'hint' });
    this.list = h('ul', { class: 'people', 'aria-label': 'Members' });
    this.problem = h('p', { class: 'problem', role: 'alert' });
    // Rooms with too many members to be listed are searched; the answer tells the first of them without a name, too.
    this.search = search({
      label: 'Find a member',
      placeholder: 'Beginning of a name',
      find: async (query) => (await sb.conversations.members(room.id, { query: query || undefined, limit: 50 })).items,
      row: (member) => this.#row(member),
      none: 'No member has a name that begins like this.',
    });
    this.search.element.hidden = true;
    this.element = dialog(conversation.name, this.hint, this.list, this.search.element, this.problem, ...this.#actions());
    this.element.addEventListener('close', () => this.#offs.forEach((off) => off()));
  }

  open() {
    this.#offs = [this.#room.on('roster', () => this.#draw()), this.#room.on('state', () => this.#stateChanged())];
    this.#draw();
    show(this.element);
    if (!this.search.element.hidden) this.search.look();
  }

  #stateChanged() {
    if (this.#room.state === 'closed') this.element.close();
  }

  #draw() {
    const { members, memberCount, onlineCount, online } = this.#room.roster;
    this.hint.textContent = `${count(memberCount, 'member')}, ${onlineCount.toLocaleString()} online`;
    const here = ({ userId }) => online.has(userId);
    const sorted = [...(members ?? [])].sort((a, b) => here(b) - here(a) || a.username.localeCompare(b.username));
    this.list.replaceChildren(...sorted.map((member) => h('li', {}, this.#row(member, here(member)))));
    this.search.element.hidden = members !== null || this.#room.position === null;
  }

  /** `online` undefined: not known, as in large rooms. */
  #row({ userId, username, role }, online) {
    const presence = online === undefined ? '' : online ? 'online' : 'offline';
    const words = [userId === this.#sb.user?.id && 'you', role !== 'member' && role, presence].filter(Boolean).join(', ');
    return h(
      'div',
      { class: 'person' },
      personAvatar({ id: userId, name: username, online }),
      h('span', { class: 'who' }, h('strong', { text: username }), words && h('span', { text: words })),
    );
  }

  #actions() {
    const { kind } = this.#conversation;
    if (kind === 'direct') return [];
    const self = this.#room.roster.members?.find(({ userId }) => userId === this.#sb.user?.id);
    const manages = self?.role === 'owner' || self?.role === 'admin';
    const leave = h('button', { type: 'button', class: 'button danger', text: 'Leave', on: { click: () => this.#leave() } });
    return [...(manages ? [this.#addPeople(), this.#rename()] : []), h('div', { class: 'buttons' }, leave)];
  }

  #addPeople() {
    const not = (this.#room.roster.members ?? []).map(({ userId }) => userId);
    const changed = (people) => (form.button.disabled = people.length === 0);
    const picker = new PersonPicker(this.#sb, { label: 'Who else?', not, changed });
    const form = new Form({
      fields: [],
      submit: 'Add',
      before: [picker.element],
      send: async () => {
        const ids = picker.people.map(({ id }) => id);
        await this.#sb.conversations.addMembers(this.#room.id, ids);
        this.element.close();
      },
    });
    changed([]);
    return section('Add people', form, () => picker.input.focus());
  }

  #rename() {
    const form = new Form({
      fields: [['title', 'Name', { maxlength: '100', value: this.#conversation.name }]],
      submit: 'Rename',
      send: async ({ title }) => {
        await this.#sb.conversations.update(this.#room.id, { title: title.trim() });
        this.element.close();
      },
    });
    return section('Rename', form, () => form.focus());
  }

  async #leave() {
    const { name, kind } = this.#conversation;
    const text =
      kind === 'channel'
        ? 'Its messages do not reach you any more. You can enter it again.'
        : 'Its messages do not reach you any more. Only a member can let you in again.';
    if (!(await confirm({ title: `Leave ${name}?`, text, action: 'Leave' }))) return;
    try {
      await this.#sb.conversations.removeMember(this.#room.id, this.#sb.user.id);
      this.element.close();
    } catch (error) {
      this.problem.textContent = wordsFor(error);
    }
  }
}

/** Opens to a form. */
function section(title, form, opened) {
  const element = h('details', {}, h('summary', { text: title }), form.element);
  element.addEventListener('toggle', () => element.open && opened());
  return element;
}
