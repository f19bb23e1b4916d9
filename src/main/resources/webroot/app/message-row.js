import { personAvatar } from './avatar.js';
import { h, icon, iconButton } from './dom.js';
import { clock, dayTitle, exactTime, fileOf, inBrief, splitLinks } from './format.js';
import { wordsFor } from './words.js';

/**
 * Draws one row of the timeline. `actions` has `reply`, `edit`, `remove`, `retry`, `discard`, `show`, each taking the
 * message (`show`: the id of one), and `editor`, which gives what stands in the place of a message while it is edited.
 */
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
    direct: `This is the beginning of your conversation with ${name}.`,
    channel: `This is the beginning of ${name}. Everyone can read it.`,
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
    data: { own: String(own), grouped: String(grouped), state: message.state ?? 'stored', id: message.id ?? '' },
  });
  if (!own)
    item.append(grouped ? h('span', { class: 'gutter' }) : personAvatar({ id: message.senderId, name: message.senderName }));
  const body = h('div', { class: 'body' });
  body.append(heading(message, own, grouped));
  if (row.editing) {
    body.append(actions.editor(message));
  } else {
    const bubble = h('div', { class: 'bubble', title: exactTime(message.createdAt) });
    if (row.quote) bubble.append(quote(row.quote, message, actions));
    bubble.append(...content(message));
    const line = h('div', { class: 'line' }, bubble);
    if (kind === 'message' && !message.deleted) line.append(tools(message, own, actions));
    body.append(line);
  }
  const note = kind === 'pending' ? pendingNote(message, actions) : row.note && h('p', { class: 'note', text: row.note });
  if (note) body.append(note);
  item.append(body);
  return item;
}

/** In a group only the first heading is seen; each is heard. */
function heading({ senderName, createdAt }, own, grouped) {
  const name = h('span', { class: own ? 'visually-hidden' : 'sender', text: own ? 'You' : senderName });
  const time = h('time', { datetime: createdAt, text: clock(createdAt) });
  return h('p', { class: grouped ? 'visually-hidden' : 'heading' }, name, ' ', time);
}

/** What a message answers: leads there. */
function quote(quoted, { replyTo }, { show }) {
  const known = Boolean(quoted.id);
  return h(
    'button',
    { type: 'button', class: 'quote', title: 'Show that message', on: { click: () => show(replyTo) } },
    h('span', { class: 'visually-hidden', text: 'In answer to ' }),
    known && h('strong', { text: quoted.senderName }),
    h('span', { text: known ? inBrief(quoted) : 'an earlier message' }),
  );
}

function content(message) {
  const { deleted, type, content: text, editedAt } = message;
  if (deleted) return [h('em', { class: 'deleted', text: 'Message deleted' })];
  const parts = type === 'file' ? [file(text ?? '')] : splitLinks(text ?? '').map(linked);
  if (editedAt) parts.push(' ', h('span', { class: 'edited', title: exactTime(editedAt), text: '(edited)' }));
  return parts;
}

function linked(part) {
  return typeof part === 'string' ? part : link(part.address, part.address);
}

function link(address, text) {
  return h('a', { href: address, target: '_blank', rel: 'noopener noreferrer', text });
}

function file(text) {
  const { name, address } = fileOf(text);
  const label = address ? link(address, name) : h('span', { text: name });
  return h('span', { class: 'file' }, icon('file'), h('span', { class: 'visually-hidden', text: 'File: ' }), label);
}

function tools(message, own, { reply, edit, remove }) {
  const buttons = [iconButton('reply', 'Reply', () => reply(message))];
  if (own && message.type === 'text') buttons.push(iconButton('edit', 'Edit message', () => edit(message)));
  if (own) buttons.push(iconButton('trash', 'Delete message', () => remove(message)));
  return h('div', { class: 'tools', data: { count: String(buttons.length) } }, ...buttons);
}

function pendingNote(message, { retry, discard }) {
  if (message.state !== 'failed') {
    return h('p', { class: 'note', text: message.state === 'queued' ? 'Waiting for the connection…' : 'Sending…' });
  }
  return h(
    'p',
    { class: 'note failed', role: 'alert' },
    `Not sent. ${message.error ? wordsFor(message.error) : ''} `,
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
