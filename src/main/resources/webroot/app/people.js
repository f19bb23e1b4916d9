import { personAvatar } from './avatar.js';
import { dialog } from './dialog.js';
import { h } from './dom.js';
import { count } from './format.js';

/** Who is in a conversation, those online first. */
export class PeopleDialog {
  #room;
  #me;

  constructor(sb, room, conversation) {
    this.#room = room;
    this.#me = sb.user?.id;
    this.list = h('ul', { class: 'people' });
    this.hint = h('p', { class: 'hint' });
    this.element = dialog(`Members of ${conversation.name}`, this.hint, this.list);
    this.element.addEventListener(
      'close',
      room.on('roster', () => this.#draw()),
    );
  }

  open() {
    this.#draw();
    document.body.append(this.element);
    this.element.showModal();
  }

  #draw() {
    const { members, memberCount, onlineCount, online } = this.#room.roster;
    this.hint.textContent = `${count(memberCount, 'member')}, ${onlineCount.toLocaleString()} online`;
    const here = ({ userId }) => online.has(userId);
    const sorted = [...(members ?? [])].sort((a, b) => here(b) - here(a) || a.username.localeCompare(b.username));
    this.list.replaceChildren(...sorted.map((member) => this.#row(member, here(member))));
  }

  #row({ userId, username, role }, online) {
    const words = [userId === this.#me && 'you', role !== 'member' && role, online ? 'online' : 'offline']
      .filter(Boolean)
      .join(', ');
    return h(
      'li',
      { class: 'person' },
      personAvatar({ id: userId, name: username, online }),
      h('span', { class: 'who' }, h('strong', { text: username }), h('span', { text: words })),
    );
  }
}
