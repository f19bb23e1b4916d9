import { personAvatar } from './avatar.js';
import { h, icon, iconButton } from './dom.js';
import { clock, dayTitle, exactTime, splitLinks } from './format.js';

/** Draws one row of the timeline. `actions` has `edit`, `remove`, `retry`, `discard`, each taking the message. */
export function drawRow(row, conversation, actions) {
  switch (row.kind) {
    case 'start':
      return startRow(conversation);
    case 'loading':
      return h('li', { class: 'row-top', text: 'Loading earlier messages…' });
    case 'day':
      return h('li', { class: 'row-day' }, h('span', { text: dayTitle(row.at) }));
    case 'new':
      return h('li', { class: 'row-new' }, h('span', { text: 'New' }));
    default:
      return row.message.type === 'system' ? systemRow(row) : messageRow(row, actions);
  }
}

function startRow({ kind, name }) {
  const words = {
    direct: `This is where you and ${name} begin.`,
    channel: `This is the beginning of ${name}. Everybody can read along.`,
  };
  return h('li', { class: 'row-top', text: words[kind] ?? `This is the beginning of ${name}.` });
}

function systemRow({ message }) {
  return h('li', { class: 'row-day' }, h('span', { text: message.content ?? '' }));
}

function messageRow(row, actions) {
  const { message, own, grouped, kind } = row;
  const item = h('li', {
    class: 'message',
    tabindex: '-1',
    data: { own: String(own), grouped: String(grouped), state: message.state ?? 'stored' },
  });
  if (!own)
    item.append(grouped ? h('span', { class: 'gutter' }) : personAvatar({ id: message.senderId, name: message.senderName }));
  const body = h('div', { class: 'body' });
  if (!grouped) body.append(heading(message, own));
  const bubble = h('div', { class: 'bubble', title: exactTime(message.createdAt) });
  bubble.append(...content(message));
  const line = h('div', { class: 'line' }, bubble);
  if (own && kind === 'message' && !message.deleted) line.prepend(tools(message, actions));
  body.append(line);
  const note = kind === 'pending' ? pendingNote(message, actions) : row.note && h('p', { class: 'note', text: row.note });
  if (note) body.append(note);
  item.append(body);
  return item;
}

function heading({ senderName, createdAt }, own) {
  const name = h('span', { class: own ? 'visually-hidden' : 'sender', text: own ? 'You' : senderName });
  return h('p', { class: 'heading' }, name, ' ', h('time', { datetime: createdAt, text: clock(createdAt) }));
}

function content({ deleted, content: text, editedAt }) {
  if (deleted) return [h('em', { class: 'deleted', text: 'Message deleted' })];
  const parts = splitLinks(text ?? '').map((part) =>
    typeof part === 'string'
      ? part
      : h('a', { href: part.address, target: '_blank', rel: 'noopener noreferrer', text: part.address }),
  );
  if (editedAt) parts.push(' ', h('span', { class: 'edited', title: exactTime(editedAt), text: '(edited)' }));
  return parts;
}

function tools(message, { edit, remove }) {
  const buttons = [iconButton('trash', 'Delete message', () => remove(message))];
  if (message.type === 'text') buttons.unshift(iconButton('edit', 'Edit message', () => edit(message)));
  return h('div', { class: 'tools' }, ...buttons);
}

function pendingNote(message, { retry, discard }) {
  if (message.state !== 'failed') return h('p', { class: 'note', text: message.state === 'queued' ? 'Waiting…' : 'Sending…' });
  return h(
    'p',
    { class: 'note failed', role: 'alert' },
    `Not sent: ${message.error?.message ?? 'unknown error'} `,
    h('button', { type: 'button', class: 'link', text: 'Try again', on: { click: () => retry(message) } }),
    ' ',
    h('button', { type: 'button', class: 'link', text: 'Discard', on: { click: () => discard(message) } }),
  );
}

/** The button that leads back to the newest messages. */
export function endButton(onClick) {
  return h(
    'button',
    { type: 'button', class: 'to-end', hidden: true, on: { click: onClick } },
    icon('down'),
    h('span', { text: 'Newest' }),
  );
}
