import { confirm, tell } from './dialog.js';
import { arrange, framed, h } from './dom.js';
import { MessageEditor } from './message-editor.js';
import { drawRow, endButton } from './message-row.js';
import { Roving } from './roving.js';
import { rowsOf } from './rows.js';
import { wordsFor } from './words.js';

/** Pixels from the end that still count as being there. */
const END_MARGIN = 60;

/** Older messages are loaded when less than this many pixels of known ones are above the view. */
const LOAD_MARGIN = 600;

/** A failed load of older messages is tried again after this long at the earliest, in milliseconds. */
const LOAD_PAUSE = 3_000;

/** Pages of history that are loaded to find a message that was answered. */
const MAX_SEARCH_PAGES = 40;

/** How long a message that was asked for stands out, in milliseconds. */
const SHOWN = 2_000;

/** The messages of a room: drawn where they changed, kept in place while others come, at the end when the reader is. */
export class Timeline {
  #room;
  #conversation;
  #me;
  #hooks;
  #rows = new Map();
  #offs;
  #loading = false;
  #notBefore = 0;
  #unreadFrom = null;
  #unreadKnown = false;
  #editing = null;
  #draw = framed(() => this.#render());
  atEnd = true;

  /** @param hooks `reply(message)`, and `read()` when the newest messages came into view */
  constructor(room, conversation, me, hooks) {
    this.#room = room;
    this.#conversation = conversation;
    this.#me = me.id;
    this.#hooks = hooks;
    this.list = h('ol', { class: 'messages', 'aria-label': 'Messages' });
    this.scroller = h('div', { class: 'scroller' }, this.list);
    this.roving = new Roving(this.list, '.message');
    this.button = endButton(() => this.toEnd());
    this.element = h('div', { class: 'timeline' }, this.scroller, this.button);
    this.scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    const resized = new ResizeObserver(() => this.atEnd && this.toEnd());
    resized.observe(this.scroller);
    resized.observe(this.list);
    this.#offs = [room.on('change', this.#draw), room.on('state', this.#draw), () => resized.disconnect()];
  }

  opened() {
    this.#render();
    this.toEnd();
  }

  end() {
    this.#offs.forEach((off) => off());
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.#scrolled();
  }

  #render() {
    const { messages, pending, complete } = this.#room;
    if (this.#room.position !== null) this.#findUnread(messages);
    const rows = rowsOf({
      messages,
      pending,
      complete,
      me: this.#me,
      unreadFrom: this.#unreadFrom,
      status: this.#status(messages),
      editing: this.#editing?.id,
    });
    // Measured now: the event that tells of a scroll may still be on its way.
    const anchor = this.#isAtEnd() ? null : this.#anchor();
    arrange(this.list, this.#update(rows));
    this.roving.refresh();
    // The same row may have another drawing now: above it there is another message of the same person, for example.
    const anchored = anchor && this.#rows.get(anchor.key)?.node;
    if (anchored) this.scroller.scrollTop += anchored.offsetTop - anchor.top;
    else if (!anchor) this.scroller.scrollTop = this.scroller.scrollHeight;
    this.#scrolled();
  }

  #update(rows) {
    const before = this.#rows;
    this.#rows = new Map();
    return rows.map(({ key, ...row }) => {
      const known = before.get(key);
      const signature = `${row.kind}|${row.signature}`;
      const node = known?.signature === signature ? known.node : drawRow(row, this.#conversation, this.#actions);
      if (known && known.node !== node) this.#redrawn(known.node, node);
      this.#rows.set(key, { node, signature });
      return node;
    });
  }

  #redrawn(old, node) {
    this.roving.replaced(old, node);
    // Whoever had the focus on the old drawing keeps it, unless something else takes it.
    if (old.contains(document.activeElement))
      queueMicrotask(() => document.activeElement === document.body && node.focus({ preventScroll: true }));
  }

  /** The first row in view: it must not move when others come or go above it. */
  #anchor() {
    const top = this.scroller.scrollTop;
    const inView = ({ node }) => node.offsetTop + node.offsetHeight > top && node.matches('.message');
    const found = [...this.#rows].find(([, row]) => inView(row));
    return found && { key: found[0], top: found[1].node.offsetTop };
  }

  #actions = {
    reply: (message) => this.#hooks.reply(message),
    edit: (message) => this.#edit(message),
    editor: () => this.#editing.editor.element,
    show: (id) => this.#show(id),
    remove: (message) => this.#remove(message),
    retry: ({ clientId }) => this.#room.retry(clientId),
    discard: ({ clientId }) => this.#room.discard(clientId),
  };

  async #remove(message) {
    const sure = await confirm({
      title: 'Delete this message?',
      text: 'Everybody in the conversation loses it.',
      action: 'Delete',
    });
    if (!sure) return;
    try {
      await this.#room.delete(message.id);
    } catch (error) {
      await tell('The message is still there', wordsFor(error));
    }
  }

  /** Edits the last message of this user; returns whether there is one. */
  editLast() {
    const own = ({ senderId, deleted, type }) => senderId === this.#me && !deleted && type === 'text';
    // What is on its way cannot be edited yet, and the one before it is not what is meant.
    const last = this.#room.pending.length === 0 && this.#room.messages.findLast(own);
    if (last) this.#edit(last, document.activeElement);
    return Boolean(last);
  }

  /** @param back what has the focus afterwards; the message itself unless said otherwise */
  #edit(message, back = null) {
    const done = () => {
      if (this.#editing?.editor !== editor) return;
      this.#editing = null;
      // The drawing gives the focus of the editor to the message in its place.
      back?.focus({ preventScroll: true });
      this.#render();
    };
    const editor = new MessageEditor(message, (text) => this.#room.edit(message.id, text), done);
    this.#editing = { id: message.id, editor };
    this.#render();
    editor.opened();
    this.#node(message.id)?.scrollIntoView({ block: 'nearest' });
  }

  #node(id) {
    return [...this.list.children].find((row) => row.dataset.id === id);
  }

  /** Brings a message into view and the focus to it, loading older ones until it is there. */
  async #show(id) {
    for (let page = 0; !this.#node(id) && !this.#room.complete && page < MAX_SEARCH_PAGES; page += 1) {
      try {
        await this.#room.history({ limit: 100 });
      } catch (error) {
        return tell('That message cannot be shown', wordsFor(error));
      }
      this.#render();
    }
    const node = this.#node(id);
    if (!node) return tell('That message cannot be shown', 'It is too far back, or not there any more.');
    node.scrollIntoView({ block: 'center' });
    node.focus({ preventScroll: true });
    node.classList.add('shown');
    setTimeout(() => node.classList.remove('shown'), SHOWN);
    return undefined;
  }

  /** The line above what is new is drawn once, where the reader had stopped when they opened the conversation. */
  #findUnread(messages) {
    if (this.#unreadKnown) return;
    this.#unreadKnown = true;
    const { readSeq = 0, unread } = this.#conversation;
    const first = messages.find(({ seq, senderId }) => seq > readSeq && senderId !== this.#me);
    this.#unreadFrom = unread > 0 && first ? first.seq : null;
  }

  #status(messages) {
    const last = messages.findLast(({ senderId, deleted }) => senderId === this.#me && !deleted);
    if (!last) return '';
    const readers = this.#room.roster.readers(last.seq).filter((id) => id !== this.#me).length;
    if (readers === 0) return this.#conversation.kind === 'direct' ? 'Sent' : '';
    return this.#conversation.kind === 'direct' ? 'Seen' : `Seen by ${readers}`;
  }

  #scrolled() {
    this.atEnd = this.#isAtEnd();
    this.button.hidden = this.atEnd;
    if (this.atEnd) this.#hooks.read();
    if (this.scroller.scrollTop < LOAD_MARGIN) this.#loadOlder();
  }

  #isAtEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < END_MARGIN;
  }

  async #loadOlder() {
    const { state, complete, position } = this.#room;
    if (this.#loading || complete || position === null || state !== 'live' || Date.now() < this.#notBefore) return;
    this.#loading = true;
    try {
      await this.#room.history();
    } catch {
      // The row above goes on saying that there is more; scrolling, or the next event, asks again.
      this.#notBefore = Date.now() + LOAD_PAUSE;
    }
    this.#loading = false;
  }
}
