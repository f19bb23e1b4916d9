import { parted } from './call-words.js';
import { cover, giveBack } from './cover.js';
import { dialog, show, tell } from './dialog.js';
import { h } from './dom.js';
import { MeetingView } from './meeting-view.js';
import { MeetingsDialog } from './meetings-dialog.js';
import { wordsFor } from './words.js';

/** What of meetings is on the page: their list, the door of one, and the one that this person is in. */
export class MeetingDesk {
  #sb;
  #view = null;
  #off;
  #focused = null;

  constructor(sb) {
    this.#sb = sb;
    this.#off = sb.meetings.on('meeting', (meeting) => this.#show(meeting));
  }

  end() {
    this.#off();
    this.#close();
  }

  /** The meetings of this person, and a new one. */
  open() {
    if (this.#sb.meetings.current) this.#view.resize(false);
    else new MeetingsDialog(this.#sb, (id) => this.enter(id)).open();
  }

  /** The door of a meeting: with camera, or without. */
  async enter(id) {
    if (this.#sb.meetings.current) return this.#view.resize(false);
    let meeting;
    try {
      meeting = await this.#sb.meetings.get(id);
    } catch (error) {
      return tell('Meeting', error.code === 'not_found' ? parted('not_found') : wordsFor(error));
    }
    if (meeting.status === 'ended') return tell(meeting.title, parted('meeting_ended'));
    return this.#door(meeting);
  }

  #door({ id, title, activeParticipants, lobby }) {
    const join = (video) => () => {
      element.close();
      // Who is in a call is not heard in two places at once.
      const muted = Boolean(this.#sb.calls.current);
      this.#sb.meetings.join(id, { video, muted }).catch((error) => tell(title, wordsFor(error)));
    };
    const there = activeParticipants === 0 ? 'Nobody is in it yet.' : `${activeParticipants} in it now.`;
    const first = h('button', { type: 'button', class: 'button primary', text: 'Join with camera', on: { click: join(true) } });
    const element = dialog(
      title,
      h('p', { class: 'hint', text: lobby ? `${there} The host lets people in one by one.` : there }),
      h('div', { class: 'buttons' }, h('button', { type: 'button', class: 'button', text: 'Without camera', on: { click: join(false) } }), first),
    );
    show(element, first);
  }

  #show(meeting) {
    this.#close();
    this.#focused = document.activeElement;
    const view = new MeetingView(this.#sb, meeting, {
      closed: (words) => {
        if (this.#view === view) this.#close();
        if (words) tell(meeting.info?.title ?? 'Meeting', words);
      },
      resized: (small) => cover(view.element, !small),
    });
    this.#view = view;
    document.body.append(view.element);
    view.resize(false);
    view.opened();
  }

  #close() {
    if (!this.#view) return;
    const { element } = this.#view;
    const focused = element.contains(document.activeElement) || document.activeElement === document.body;
    this.#view.end();
    this.#view = null;
    cover(element, null);
    if (focused) giveBack(this.#focused);
  }
}
