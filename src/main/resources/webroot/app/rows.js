import { dayOf, dayTitle } from './format.js';

/** Messages of one sender that follow each other within this time, in milliseconds, share a heading. */
const GROUP_GAP = 5 * 60_000;

/**
 * What the timeline shows, from top to bottom: pure. Each row has a `key` that stays while the thing it stands for does,
 * and a `signature` that changes when it must be drawn anew.
 *
 * @param me id of the signed-in user
 * @param unreadFrom number of the first message under the "New" line, or null
 * @param status what is said under the last message of this user's, or ''
 * @param editing id of the message that is being edited, or null
 */
export function rowsOf({ messages, pending, complete, me, unreadFrom, status, editing = null }) {
  const quotes = quotesIn(messages, pending);
  const rows = [{ key: 'top', kind: complete ? 'start' : 'loading', signature: String(complete) }];
  const lastOwn = pending.length > 0 ? null : messages.findLast(({ senderId, deleted }) => senderId === me && !deleted);
  let previous = null;
  for (const message of messages) {
    previous = day(rows, previous, message.createdAt);
    const first = unreadFrom !== null && message.seq === unreadFrom;
    if (first) rows.push({ key: 'new', kind: 'new', signature: '' });
    const own = message.senderId === me;
    const grouped = !first && follows(previous, message);
    const note = message === lastOwn ? status : '';
    const key = own && message.clientId ? message.clientId : message.id;
    const edited = message.id === editing && !message.deleted;
    const quote = quotes(message);
    // While it is being edited its drawing stays as it is: somebody writes in there.
    const signature = edited ? 'editing' : `${message.version}|${grouped}|${note}|${quote.signature}`;
    rows.push({ key, kind: 'message', message, own, grouped, note, quote: quote.of, editing: edited, signature });
    previous = message;
  }
  for (const entry of pending) {
    const message = { ...entry, id: null, senderId: me, deleted: false };
    previous = day(rows, previous, entry.createdAt);
    const grouped = follows(previous, message);
    const quote = quotes(entry);
    const signature = `${entry.state}|${grouped}|${quote.signature}`;
    rows.push({ key: entry.clientId, kind: 'pending', message, own: true, grouped, quote: quote.of, signature });
    previous = message;
  }
  return rows;
}

/** Finds what a message answers: `of` is null when it answers nothing, an empty object when that is not loaded. */
function quotesIn(messages, pending) {
  const asked = new Set([...messages, ...pending].map(({ replyTo }) => replyTo).filter(Boolean));
  const found = new Map(asked.size > 0 ? messages.filter(({ id }) => asked.has(id)).map((message) => [message.id, message]) : []);
  return ({ replyTo }) => {
    if (!replyTo) return { of: null, signature: '' };
    const of = found.get(replyTo) ?? {};
    return { of, signature: `re ${of.version ?? '?'}` };
  };
}

function day(rows, previous, at) {
  if (previous && dayOf(previous.createdAt) === dayOf(at)) return previous;
  rows.push({ key: `day ${dayOf(at)}`, kind: 'day', at, signature: dayTitle(at) });
  return null;
}

function follows(previous, message) {
  if (!previous || previous.senderId !== message.senderId || message.type === 'system' || previous.type === 'system')
    return false;
  return Date.parse(message.createdAt) - Date.parse(previous.createdAt) < GROUP_GAP;
}
