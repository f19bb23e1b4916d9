import { CallBar, press, roundButton } from './call-bar.js';
import { DeviceTrouble, mediaWords, nameOf, parted } from './call-words.js';
import { DeviceChoice } from './device-choice.js';
import { announce, framed, h, icon, iconButton } from './dom.js';
import { count } from './format.js';
import { MeetingChat } from './meeting-chat.js';
import { MeetingPeople } from './meeting-people.js';
import { MeetingStage } from './meeting-stage.js';

/** How long the word stays about how a meeting ended, in milliseconds. */
const FAREWELL = 4_000;

/** How long other words stay. */
const NOTICE = 10_000;

const ASKED = {
  mute: 'The host asked you to mute. Your microphone is off.',
  unshare: 'The host ended your screen share.',
};

/** A meeting that this person is in: over the whole page, or small in a corner of it. */
export class MeetingView {
  #meeting;
  #hooks;
  #offs;
  #small = false;
  #call = null;
  #trouble = new DeviceTrouble((words) => this.#say(words, { lasting: true }));
  #hush;
  /** Muted here because of a call. */
  #hushed = false;

  constructor(sb, meeting, hooks) {
    this.#meeting = meeting;
    this.#call = sb.calls.current ?? null;
    this.#hooks = hooks;
    this.stage = new MeetingStage(meeting, sb.user, sb.calls.options.devices.speaker);
    this.people = new MeetingPeople(meeting, (error) => this.#say(mediaWords('action', error)));
    this.chat = new MeetingChat(meeting);
    this.heading = h('h2', { tabindex: '-1', text: 'Meeting' });
    this.status = h('p', { class: 'call-status' });
    this.notice = h('p', { class: 'call-notice', role: 'status' });
    this.hand = roundButton('hand', 'Raise hand', () => this.#try(meeting.raiseHand(!meeting.self?.hand)));
    this.bar = new CallBar({
      local: () => meeting.local,
      mute: (on) => meeting.mute(on),
      camera: (on) => meeting.camera(on),
      share: (on) => meeting.share(on),
      leave: () => meeting.leave(),
      leaveLabel: 'Leave',
      more: [this.hand],
      choose: () => new DeviceChoice(sb, meeting, this.stage).open(),
      failed: (role, error) => this.#say(mediaWords(role, error)),
    });
    this.shrink = iconButton('shrink', 'Back to the conversations', () => this.resize(!this.#small));
    this.peopleButton = iconButton('people', 'People', () => this.#panel(this.people), { 'aria-expanded': 'false' });
    this.chatButton = iconButton('chat', 'Chat', () => this.#panel(this.chat), { 'aria-expanded': 'false' });
    const link = iconButton('link', 'Copy the link to this meeting', () => this.#copy());
    this.element = h(
      'section',
      { class: 'call meeting', 'aria-label': 'Meeting' },
      h('header', {}, h('div', { class: 'titles' }, this.heading, this.status), link, this.peopleButton, this.chatButton, this.shrink),
      h('div', { class: 'meeting-body' }, this.stage.element, this.people.element, this.chat.element),
      this.notice,
      this.bar.element,
    );
    const draw = framed(() => this.draw());
    this.#offs = [
      meeting.on('change', draw),
      meeting.on('message', () => this.chatButton.classList.toggle('news', this.chat.element.hidden)),
      meeting.on('asked', (request) => this.#asked(request)),
      meeting.on('ended', (reason) => this.#over(reason)),
      sb.calls.on('change', () => this.#called(sb.calls.current)),
    ];
    this.#panel(null);
    this.draw();
  }

  opened() {
    this.heading.focus();
  }

  end() {
    clearTimeout(this.#hush);
    this.#offs.forEach((off) => off());
    this.stage.end();
    this.element.remove();
  }

  resize(small) {
    this.#small = small;
    this.element.dataset.size = small ? 'small' : 'full';
    const label = small ? 'Show the meeting' : 'Back to the conversations';
    this.shrink.setAttribute('aria-label', label);
    this.shrink.title = label;
    this.shrink.replaceChildren(icon(small ? 'grow' : 'shrink'));
    if (small) this.#panel(null);
    this.#hooks.resized(small);
  }

  draw() {
    const meeting = this.#meeting;
    if (meeting.ended) return;
    this.element.dataset.state = meeting.state;
    const { info, local, self, lobby } = meeting;
    if (info) this.heading.textContent = info.title;
    const status = this.#describe();
    if (this.status.textContent !== status) this.status.textContent = status;
    this.peopleButton.classList.toggle('news', lobby.length > 0);
    press(this.hand, Boolean(self?.hand));
    this.hand.disabled = meeting.state !== 'live';
    this.bar.draw();
    this.stage.draw();
    this.people.draw();
    this.chat.draw();
    this.#trouble.tell(local?.problems);
  }

  #describe() {
    const { state, participants, info } = this.#meeting;
    if (state === 'preparing') return 'Waiting for camera and microphone…';
    if (state === 'joining') return 'Joining…';
    if (state === 'waiting') return 'The host will let you in soon.';
    if (state === 'offline') {
      // Once the seat is given up, the others let go as well.
      const heard = participants.some(({ userId }) => this.#meeting.peer(userId)?.state === 'connected');
      return heard ? 'Reconnecting… Those here still see and hear you.' : 'Reconnecting…';
    }
    return [count(participants.length, 'person', 'people'), info?.locked && 'locked'].filter(Boolean).join(' · ');
  }

  /** One panel at a time beside the pictures, or none. */
  #panel(panel) {
    for (const [each, button] of [
      [this.people, this.peopleButton],
      [this.chat, this.chatButton],
    ]) {
      const open = each === panel && each.element.hidden;
      each.element.hidden = !open;
      button.setAttribute('aria-expanded', String(open));
      if (open) {
        button.classList.remove('news');
        each.opened();
      }
    }
  }

  async #copy() {
    const address = new URL(`/#/m/${this.#meeting.id}`, location.href).href;
    try {
      await navigator.clipboard.writeText(address);
      this.#say('The link was copied. Whoever has it, and an account here, may join.');
    } catch {
      this.#say(`Whoever has this link, and an account here, may join: ${address}`, { lasting: true });
    }
  }

  #asked({ kind, displayName, username }) {
    if (kind === 'knock') this.#say(`${nameOf({ displayName, username })} wants to come in: see “People”.`);
    else if (ASKED[kind]) this.#say(ASKED[kind]);
  }

  /** Who takes a call is not heard in two places at once. */
  #called(call = null) {
    if (call === this.#call) return;
    this.#call = call;
    const muted = this.#meeting.local?.muted;
    if (call && muted === false) {
      this.#hushed = true;
      this.#meeting.mute(true);
      this.#say('Your microphone is off here, because you are in a call.', { lasting: true });
    } else if (!call && this.#hushed) {
      this.#hushed = false;
      this.#say(muted ? 'The call is over. Your microphone is still off here.' : '');
    }
  }

  async #try(task) {
    await task.catch((error) => this.#say(mediaWords('action', error)));
  }

  /** Says something; what is `lasting` stays until something else is said. */
  #say(text, { lasting = false } = {}) {
    clearTimeout(this.#hush);
    this.notice.textContent = text;
    if (!lasting) this.#hush = setTimeout(() => this.#say(''), NOTICE);
  }

  #over(reason) {
    const { error, entered } = this.#meeting;
    const words = parted(reason, error, entered);
    this.element.dataset.state = 'ended';
    this.#panel(null);
    this.stage.end();
    this.status.textContent = words;
    this.bar.end();
    announce(words);
    // Who could not come back may not be looking: that word waits for them.
    const lasting = entered && (error || reason === 'lost') ? words : null;
    setTimeout(() => this.#hooks.closed(lasting), this.bar.leaving ? 0 : FAREWELL);
  }
}
