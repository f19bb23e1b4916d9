import { nameOf } from './call-words.js';
import { confirm } from './dialog.js';
import { h } from './dom.js';

/** Who is in a meeting and who wants in; for its host, what a host may do. */
export class MeetingPeople {
  #meeting;
  #failed;
  #drawn;

  /** @param failed called with the error when something was refused */
  constructor(meeting, failed) {
    this.#meeting = meeting;
    this.#failed = failed;
    this.heading = h('h3', { tabindex: '-1', text: 'People' });
    this.content = h('div');
    this.element = h('section', { class: 'panel', 'aria-label': 'People', hidden: true }, this.heading, this.content);
  }

  opened() {
    this.draw();
    this.heading.focus();
  }

  draw() {
    if (this.element.hidden) return;
    const { participants, hands, lobby, leading, info, self } = this.#meeting;
    const signature = JSON.stringify([participants, lobby, leading, info?.locked, info?.lobby, info?.hostId]);
    if (signature === this.#drawn) return;
    this.#drawn = signature;
    const focused = this.content.contains(document.activeElement) ? document.activeElement.getAttribute('aria-label') : null;
    const raised = new Set(hands);
    const sorted = [...hands, ...participants.filter((person) => !raised.has(person))];
    const parts = [
      leading && lobby.length > 0 && this.#lobby(lobby),
      h('ul', { class: 'panel-people' }, ...sorted.map((person) => this.#row(person, leading && person !== self))),
      leading && this.#host(info),
    ];
    this.content.replaceChildren(...parts.filter(Boolean));
    if (focused) (this.content.querySelector(`[aria-label="${CSS.escape(focused)}"]`) ?? this.heading).focus();
  }

  #row(person, led) {
    const { userId, hand, muted, role } = person;
    const name = nameOf(person);
    const marks = [role === 'host' && 'host', hand && 'hand raised', muted && 'muted'].filter(Boolean).join(', ');
    const who = h('span', { class: 'who' }, h('strong', { text: name }), h('span', { text: marks }));
    if (!led) return h('li', {}, who);
    const actions = [
      !muted && this.#button('Mute', `Ask ${name} to mute`, 'mute', { userId }),
      hand && this.#button('Lower hand', `Lower the hand of ${name}`, 'lower-hand', { userId }),
      person.sharing && this.#button('Stop screen', `Stop the screen of ${name}`, 'unshare', { userId }),
      role !== 'host' && this.#button('Make host', `Make ${name} the host`, 'transfer', { userId }),
      this.#press('Remove', `Remove ${name}`, () => this.#remove(name, userId)),
    ];
    return h('li', {}, who, h('div', { class: 'panel-actions' }, ...actions.filter(Boolean)));
  }

  #lobby(lobby) {
    const rows = lobby.map((person) => {
      const name = nameOf(person);
      const { userId } = person;
      const buttons = [this.#button('Admit', `Admit ${name}`, 'admit', { userId }), this.#button('Deny', `Deny ${name}`, 'deny', { userId })];
      return h('li', {}, h('span', { class: 'who' }, h('strong', { text: name }), h('span', { text: 'wants to come in' })), h('div', { class: 'panel-actions' }, ...buttons));
    });
    const all = lobby.length > 1 && this.#button('Admit all', 'Admit all', 'admit', {});
    return h('div', { class: 'panel-lobby' }, h('ul', { class: 'panel-people' }, ...rows), all || '');
  }

  #host({ locked, lobby }) {
    return h(
      'div',
      { class: 'panel-actions panel-host' },
      this.#button('Mute all', 'Ask all to mute', 'mute', {}),
      this.#button(locked ? 'Unlock' : 'Lock', locked ? 'Unlock the meeting' : 'Lock the meeting', 'lock', { on: !locked }),
      this.#button(lobby ? 'Let all in' : 'Use a lobby', lobby ? 'Let everybody in without asking' : 'Let people in one by one', 'lobby', { on: !lobby }),
      this.#press('End for all', 'End the meeting for all', () => this.#end()),
    );
  }

  #button(text, label, action, about) {
    return this.#press(text, label, () => this.#do(action, about));
  }

  #press(text, label, click) {
    return h('button', { type: 'button', class: 'panel-button', text, 'aria-label': label, on: { click } });
  }

  async #do(action, about) {
    await this.#meeting.update(action, about).catch(this.#failed);
  }

  async #remove(name, userId) {
    const text = `${name} leaves the meeting and cannot come back.`;
    if (await confirm({ title: `Remove ${name}?`, text, action: 'Remove' })) await this.#do('remove', { userId });
  }

  async #end() {
    const text = 'Everybody leaves it, and nobody can come back.';
    if (await confirm({ title: 'End the meeting for all?', text, action: 'End' })) await this.#do('end', {});
  }
}
