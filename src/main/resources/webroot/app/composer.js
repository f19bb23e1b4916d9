import { MAX_CONTENT_CHARACTERS } from '/switchboard.js';
import { h, icon, iconButton } from './dom.js';
import { inBrief } from './format.js';
import { wordsFor } from './words.js';

/** How many of the last characters that fit are announced. */
const NEAR_LIMIT = 500;

/** Where messages are written: Enter sends, Shift+Enter breaks the line, arrow up edits the last own message. */
export class Composer {
  #room;
  #hooks;
  #answered = null;
  #offs;

  /**
   * @param draft `{text, answered}`: what was written here before, or undefined
   * @param hooks `sent()` after a message was queued, `editLast()` returns whether there is one to edit
   */
  constructor(room, draft, hooks) {
    this.#room = room;
    this.#hooks = hooks;
    this.input = h('textarea', {
      rows: '1',
      'aria-label': 'Message',
      placeholder: 'Write a message',
      enterkeyhint: 'send',
      'aria-describedby': 'composer-answer composer-note',
    });
    this.input.value = draft?.text ?? '';
    this.input.addEventListener('input', () => this.#changed());
    this.input.addEventListener('keydown', (event) => this.#key(event));
    this.note = h('p', { class: 'composer-note', id: 'composer-note', role: 'status' });
    this.answer = h('p', { id: 'composer-answer' });
    this.answerBar = h(
      'div',
      { class: 'answer-bar', hidden: true },
      icon('reply'),
      this.answer,
      iconButton('close', 'Do not answer this message', () => this.#answerNothing()),
    );
    this.button = h('button', { type: 'submit', class: 'send', 'aria-label': 'Send', title: 'Send' }, icon('send'));
    this.element = h(
      'form',
      { class: 'composer', on: { submit: (event) => this.#submit(event) } },
      this.answerBar,
      h('div', { class: 'box' }, this.input, this.button),
      this.note,
    );
    this.#offs = [room.on('state', () => this.#stateChanged())];
    this.#show(draft?.answered ?? null);
    this.#stateChanged();
    this.#resize();
  }

  get draft() {
    return { text: this.input.value, answered: this.#answered };
  }

  focus() {
    this.input.focus({ preventScroll: true });
    this.#resize();
  }

  end() {
    this.#room.typing(false);
    this.#offs.forEach((off) => off());
  }

  /** The next message answers this one. */
  reply(message) {
    this.#show(message);
    this.focus();
  }

  #answerNothing() {
    this.#show(null);
    this.focus();
  }

  #show(message) {
    this.#answered = message;
    this.answerBar.hidden = !message;
    this.answer.replaceChildren();
    if (message) this.answer.append('Answer to ', h('strong', { text: message.senderName }), ` ${inBrief(message)}`);
  }

  #set(text) {
    this.input.value = text;
    this.#changed({ typing: false });
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey) this.#submit(event);
    else if (event.key === 'Escape' && this.#answered) this.#show(null);
    else if (event.key === 'ArrowUp' && this.input.value === '' && this.#hooks.editLast()) event.preventDefault();
  }

  #submit(event) {
    event.preventDefault();
    const text = this.input.value.trim();
    if (!text) return;
    if ([...text].length > MAX_CONTENT_CHARACTERS) return this.#changed();
    const answered = this.#answered;
    this.#set('');
    this.#show(null);
    // Whether it was stored shows at the message itself.
    this.#room.send(text, { replyTo: answered?.id }).catch((error) => {
      if (error.code === 'queue_full') this.#refused(text, answered, error);
    });
    this.#hooks.sent();
    return undefined;
  }

  #refused(text, answered, error) {
    this.#set(text);
    this.#show(answered);
    this.#say(wordsFor(error), true);
  }

  #changed({ typing = true } = {}) {
    this.#resize();
    if (typing) this.#room.typing(this.input.value.trim() !== '');
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
