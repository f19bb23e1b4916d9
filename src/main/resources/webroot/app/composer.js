import { MAX_CONTENT_CHARACTERS } from '/switchboard.js';
import { h, icon, iconButton } from './dom.js';

/** How many of the last characters that fit are announced. */
const NEAR_LIMIT = 500;

/** Where messages are written: Enter sends, Shift+Enter breaks the line, arrow up edits the last own message. */
export class Composer {
  #room;
  #me;
  #sent;
  #editing = null;
  #kept = '';
  #offs;

  /** @param sent called after a message was queued */
  constructor(room, me, draft, sent) {
    this.#room = room;
    this.#me = me.id;
    this.#sent = sent;
    this.input = h('textarea', {
      rows: '1',
      'aria-label': 'Message',
      placeholder: 'Write a message',
      enterkeyhint: 'send',
      'aria-describedby': 'composer-note',
    });
    this.input.value = draft;
    this.input.addEventListener('input', () => this.#changed());
    this.input.addEventListener('keydown', (event) => this.#key(event));
    this.note = h('p', { class: 'composer-note', id: 'composer-note', role: 'status' });
    this.editBar = h(
      'div',
      { class: 'edit-bar', hidden: true },
      h('span', { text: 'Editing your message' }),
      iconButton('close', 'Stop editing', () => this.#stopEditing()),
    );
    this.button = h('button', { type: 'submit', class: 'send', 'aria-label': 'Send', title: 'Send' }, icon('send'));
    this.element = h(
      'form',
      { class: 'composer', on: { submit: (event) => this.#submit(event) } },
      this.editBar,
      h('div', { class: 'box' }, this.input, this.button),
      this.note,
    );
    this.#offs = [room.on('state', () => this.#stateChanged())];
    this.#stateChanged();
    this.#resize();
  }

  get draft() {
    return this.#editing ? this.#kept : this.input.value;
  }

  focus() {
    this.input.focus({ preventScroll: true });
    this.#resize();
  }

  end() {
    this.#room.typing(false);
    this.#offs.forEach((off) => off());
  }

  edit(message) {
    if (!this.#editing) this.#kept = this.input.value;
    this.#editing = message;
    this.editBar.hidden = false;
    this.#set(message.content);
    this.focus();
  }

  #stopEditing() {
    this.#editing = null;
    this.editBar.hidden = true;
    this.#set(this.#kept);
    this.focus();
  }

  #set(text) {
    this.input.value = text;
    this.#say('');
    this.#changed({ typing: false });
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey) this.#submit(event);
    else if (event.key === 'Escape' && this.#editing) this.#stopEditing();
    else if (event.key === 'ArrowUp' && this.input.value === '' && !this.#editing) this.#editLast(event);
  }

  #editLast(event) {
    const last = this.#room.messages.findLast(
      ({ senderId, deleted, type }) => senderId === this.#me && !deleted && type === 'text',
    );
    if (!last) return;
    event.preventDefault();
    this.edit(last);
  }

  async #submit(event) {
    event.preventDefault();
    const text = this.input.value.trim();
    if (!text) return;
    if ([...text].length > MAX_CONTENT_CHARACTERS) return this.#changed();
    if (this.#editing) return this.#save(this.#editing, text);
    this.#set('');
    // Whether it was stored shows at the message itself.
    this.#room.send(text).catch((error) => error.code === 'queue_full' && this.#refused(text, error));
    this.#sent();
  }

  #refused(text, error) {
    this.#set(text);
    this.#say(error.message, true);
  }

  async #save(message, text) {
    if (text === message.content) return this.#stopEditing();
    this.input.readOnly = true;
    try {
      await this.#room.edit(message.id, text);
      if (this.#editing === message) this.#stopEditing();
    } catch (error) {
      this.#say(`Not saved: ${error.message}`, true);
    }
    this.input.readOnly = false;
    return undefined;
  }

  #changed({ typing = true } = {}) {
    this.#resize();
    if (typing && !this.#editing) this.#room.typing(this.input.value.trim() !== '');
    const left = MAX_CONTENT_CHARACTERS - [...this.input.value].length;
    if (left < 0) this.#say(`${(-left).toLocaleString()} characters too many`, true);
    else this.#say(left < NEAR_LIMIT ? `${left} characters left` : '');
    this.button.disabled = this.input.value.trim() === '' || left < 0;
  }

  #resize() {
    this.input.style.height = 'auto';
    this.input.style.height = `${this.input.scrollHeight}px`;
    this.button.disabled = this.input.value.trim() === '';
  }

  #say(text, problem = false) {
    this.note.textContent = text;
    this.note.classList.toggle('problem', problem);
  }

  #stateChanged() {
    const closed = this.#room.state === 'closed';
    this.input.disabled = closed;
    if (closed) this.#say('You cannot write here any more.', true);
  }
}
