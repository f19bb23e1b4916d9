import { h, icon } from './dom.js';
import { hueOf, initials } from './format.js';

/** A person's mark: initials in a colour of their own. `online` undefined: no dot. */
export function personAvatar({ id, name, online }) {
  const avatar = h('span', { class: 'avatar', 'aria-hidden': 'true', data: { hue: hueOf(id) } }, initials(name));
  if (online !== undefined) avatar.append(presenceDot(online));
  return avatar;
}

export function presenceDot(online) {
  return h('span', { class: 'presence', data: { online: String(online) } });
}

/** The mark of a conversation: the other person, or what kind of room it is. */
export function conversationAvatar(conversation) {
  if (conversation.kind === 'direct') {
    const { other } = conversation;
    return personAvatar({ id: other?.userId ?? conversation.id, name: conversation.name, online: conversation.online });
  }
  const name = conversation.kind === 'channel' ? 'hash' : 'people';
  return h('span', { class: 'avatar avatar-room', 'aria-hidden': 'true', data: { hue: hueOf(conversation.id) } }, icon(name));
}
