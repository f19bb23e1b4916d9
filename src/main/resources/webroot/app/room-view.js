import { conversationAvatar } from './avatar.js';
import { Composer } from './composer.js';
import { announce, framed, h, icon, iconButton } from './dom.js';
import { count, inBrief, listNames } from './format.js';
import { RoomInfo } from './room-info.js';
import { Timeline } from './timeline.js';

/** What was typed and not sent, by person and conversation, while the page lives: others may sign in here. */
const drafts = new Map();

/** One open conversation: its heading, messages, who is writing, and the composer. */
export class RoomView {
  #sb;
  #conversations;
  #conversation;
  #room;
  #timeline;
  #composer;
  #offs;
  #calls;
  #draft;

  /** @param calls the `CallDesk` */
  constructor(sb, conversations, conversation, calls) {
    this.#calls = calls;
    this.#sb = sb;
    this.#conversations = conversations;
    this.#conversation = conversation;
    this.id = conversation.id;
    this.#room = conversations.follow(conversation.id);
    this.#draft = `${sb.user.id} ${this.id}`;
    this.#composer = new Composer(this.#room, drafts.get(this.#draft), {
      sent: () => this.#timeline.toEnd(),
      editLast: () => this.#timeline.editLast(),
    });
    this.#timeline = new Timeline(this.#room, conversation, sb.user, {
      reply: (message) => this.#composer.reply(message),
      read: () => this.#read(),
    });
    this.heading = h('h2', { tabindex: '-1' });
    this.subtitle = h('p', { class: 'subtitle' });
    this.mark = h('span', { class: 'mark' });
    this.typing = h('p', { class: 'typing' });
    this.element = h(
      'section',
      { class: 'room', 'aria-label': conversation.name },
      this.#header(),
      this.#timeline.element,
      this.typing,
      this.#composer.element,
    );
    const draw = framed(() => this.#drawHeader());
    const readAgain = () => this.#read();
    document.addEventListener('visibilitychange', readAgain);
    this.#offs = [
      conversations.on('change', draw),
      this.#room.on('roster', draw),
      this.#room.on('typing', () => this.#drawTyping()),
      this.#room.on('message:new', ({ data }) => this.#announce(data)),
      () => document.removeEventListener('visibilitychange', readAgain),
    ];
    this.#drawHeader();
    this.#drawTyping();
  }

  /** Whether the newest messages are before the user's eyes. */
  get reading() {
    return document.visibilityState === 'visible' && this.#timeline.atEnd;
  }

  /** The view is on the page now. */
  opened() {
    this.#timeline.opened();
    // On a touch screen the focus would open the keyboard over the messages.
    if (matchMedia('(pointer: coarse)').matches) this.heading.focus({ preventScroll: true });
    else this.#composer.focus();
  }

  end() {
    drafts.set(this.#draft, this.#composer.draft);
    this.#composer.end();
    this.#timeline.end();
    this.#offs.forEach((off) => off());
  }

  #header() {
    const back = h('a', { href: '#/', class: 'icon-button back', 'aria-label': 'Back to the conversations' }, icon('back'));
    const info = () => new RoomInfo(this.#sb, this.#room, this.#conversation).open();
    const people = iconButton('people', 'Members and more', info);
    return h('header', {}, back, this.mark, h('div', { class: 'titles' }, this.heading, this.subtitle), ...this.#callButtons(), people);
  }

  /** With one other person one can talk. */
  #callButtons() {
    const { kind, other } = this.#conversation;
    if (kind !== 'direct' || !other) return [];
    const call = (media) => () => this.#calls.call({ id: other.userId, username: other.username, displayName: this.#conversation.name }, media);
    return [iconButton('phone', 'Call', call('audio')), iconButton('video', 'Video call', call('video'))];
  }

  #drawHeader() {
    const conversation = this.#conversation;
    this.heading.textContent = conversation.name;
    this.subtitle.textContent = this.#describe();
    this.mark.replaceChildren(conversationAvatar(conversation));
  }

  #describe() {
    const { kind, online } = this.#conversation;
    const { memberCount, onlineCount } = this.#room.roster;
    if (kind === 'direct') return online ? 'Online' : 'Offline';
    return memberCount ? `${count(memberCount, 'member')}, ${onlineCount.toLocaleString()} online` : '';
  }

  #drawTyping() {
    const names = this.#room.typingPeople.map(({ username }) => username);
    this.typing.textContent = names.length === 0 ? '' : `${listNames(names)} ${names.length === 1 ? 'is' : 'are'} typing…`;
  }

  #announce(message) {
    if (message.senderId !== this.#sb.user?.id && !message.deleted) announce(`${message.senderName}: ${inBrief(message)}`);
  }

  #read() {
    if (!this.reading) return;
    const me = this.#sb.user?.id;
    const last = this.#room.messages.findLast(({ senderId }) => senderId !== me);
    if (!last || last.seq <= (this.#conversation.readSeq ?? 0)) return;
    this.#room.read(last);
    Object.assign(this.#conversation, { readSeq: last.seq, unread: 0 });
    this.#conversations.emit('change');
  }
}
