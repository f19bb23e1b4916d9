import { conversationAvatar } from './avatar.js';
import { arrange, framed, h } from './dom.js';
import { briefTime, count, inBrief } from './format.js';

/** The conversations, newest first, as links. */
export class ConversationList {
  #conversations;
  #me;
  #rows = new Map();
  current = null;

  constructor(conversations, me) {
    this.#conversations = conversations;
    this.#me = me;
    this.list = h('ul', { class: 'conversations' });
    this.empty = h('p', { class: 'hint', role: 'status', text: 'Loading conversations…' });
    this.element = h('nav', { class: 'list', 'aria-label': 'Conversations' }, this.list, this.empty);
    const draw = framed(() => this.draw());
    this.end = conversations.on('change', draw);
  }

  draw() {
    const { sorted, loaded } = this.#conversations;
    const rows = sorted.map((conversation) => this.#row(conversation));
    for (const [id] of this.#rows) if (!this.#conversations.get(id)) this.#rows.delete(id);
    arrange(this.list, rows);
    this.empty.hidden = loaded;
  }

  /** Gives the focus to a conversation, or to the first if that is not there any more. */
  focus(id) {
    (this.#rows.get(id) ?? this.list.firstElementChild)?.firstElementChild.focus();
  }

  #row(conversation) {
    const { id } = conversation;
    const row = this.#rows.get(id) ?? h('li', {}, h('a', { href: `#/c/${id}` }));
    this.#rows.set(id, row);
    const link = row.firstElementChild;
    const { name, unread, online, kind, lastMessage } = conversation;
    const at = lastMessage?.createdAt;
    const signature = JSON.stringify([name, unread, online, lastMessage?.id, lastMessage?.version, at && briefTime(at)]);
    if (this.current === id) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
    if (row.signature === signature) return row;
    row.signature = signature;
    const parts = [
      conversationAvatar(conversation),
      h('span', { class: 'name', text: name }),
      kind === 'direct' && online && h('span', { class: 'visually-hidden', text: 'online' }),
      h('span', { class: 'when', text: at ? briefTime(at) : '' }),
      h('span', { class: 'preview', text: this.#preview(conversation) }),
      unread > 0 && badge(unread),
    ];
    link.replaceChildren(...parts.filter(Boolean));
    link.classList.toggle('unread', unread > 0);
    return row;
  }

  #preview({ lastMessage, kind }) {
    if (!lastMessage) return kind === 'channel' ? 'Open to everybody here' : 'No messages yet';
    const text = inBrief(lastMessage);
    if (lastMessage.deleted) return text;
    if (lastMessage.senderId === this.#me().id) return `You: ${text}`;
    return kind === 'direct' ? text : `${lastMessage.senderName}: ${text}`;
  }
}

function badge(unread) {
  const text = unread > 99 ? '99+' : String(unread);
  return h(
    'span',
    { class: 'badge' },
    h('span', { 'aria-hidden': 'true', text }),
    h('span', { class: 'visually-hidden', text: count(unread, 'unread message') }),
  );
}
