import { announce, h } from './dom.js';
import { clock, inBrief } from './format.js';
import { wordsFor } from './words.js';

/** What is written in a meeting. Nothing of it is stored: with the meeting it is gone. */
export class MeetingChat {
  #meeting;
  #drawn = null;

  constructor(meeting) {
    this.#meeting = meeting;
    this.list = h('ol', { class: 'panel-chat', tabindex: '0', 'aria-label': 'Messages of this meeting' });
    this.input = h('input', { type: 'text', 'aria-label': 'Message to all in the meeting', placeholder: 'Message to all', maxlength: '2000', autocomplete: 'off' });
    this.problem = h('p', { class: 'problem', role: 'alert' });
    this.form = h('form', { class: 'panel-say', on: { submit: (event) => this.#say(event) } }, this.input, h('button', { class: 'panel-button', text: 'Send' }));
    this.element = h('section', { class: 'panel', 'aria-label': 'Chat', hidden: true }, h('h3', { text: 'Chat' }), this.list, this.problem, this.form);
    meeting.on('message', (message) => message.senderId !== meeting.self?.userId && announce(`${message.senderName}: ${inBrief(message)}`));
  }

  opened() {
    this.draw();
    this.input.focus();
  }

  draw() {
    const { messages } = this.#meeting;
    if (this.element.hidden || messages === this.#drawn) return;
    this.#drawn = messages;
    const rows = messages.map(({ senderName, createdAt, content }) =>
      h('li', {}, h('p', { class: 'panel-sender' }, h('strong', { text: senderName }), ' ', h('span', { text: clock(createdAt) })), h('p', { text: content ?? '' })),
    );
    this.list.replaceChildren(...rows);
    this.list.scrollTop = this.list.scrollHeight;
  }

  async #say(event) {
    event.preventDefault();
    const content = this.input.value.trim();
    if (!content) return;
    this.problem.textContent = '';
    this.input.value = '';
    try {
      await this.#meeting.say(content);
    } catch (error) {
      // What was written meanwhile stays.
      this.input.value ||= content;
      this.problem.textContent = wordsFor(error);
    }
  }
}
