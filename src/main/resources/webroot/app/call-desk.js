import { nameOf } from './call-words.js';
import { CallView } from './call-view.js';
import { cover, giveBack } from './cover.js';
import { DeviceChoice, keptDevices } from './device-choice.js';
import { Ringing } from './ringing.js';
import { Ringtone } from './ringtone.js';
import { showTitle } from './title.js';

/** What of calls is on the page: those that ring, and the one that goes on. */
export class CallDesk {
  #sb;
  #ringing = new Map();
  #view = null;
  #shown = null;
  #tone = new Ringtone();
  #off;
  #focused = null;
  #before = null;

  constructor(sb) {
    this.#sb = sb;
    sb.calls.options = keptDevices();
    this.#off = sb.calls.on('change', () => this.#changed());
  }

  end() {
    this.#off();
    this.#tone.stop();
    for (const ringing of this.#ringing.values()) ringing.end();
    this.#close();
  }

  /** Calls a User. What goes wrong the call's view says. */
  call(user, media) {
    if (this.#sb.calls.current) this.#view?.resize(false);
    else this.#sb.calls.call(user, { media }).catch(() => {});
  }

  #changed() {
    const { calls } = this.#sb;
    const waiting = calls.live.filter((call) => call.direction === 'incoming' && ['ringing', 'preparing'].includes(call.state));
    for (const [call, ringing] of this.#ringing) {
      if (waiting.includes(call)) continue;
      const focused = ringing.element.contains(document.activeElement);
      ringing.end();
      this.#ringing.delete(call);
      if (focused && call.ended) giveBack(this.#before);
    }
    for (const call of waiting) {
      if (this.#ringing.has(call)) continue;
      const ringing = new Ringing(call);
      // Who takes the call by keyboard wants to be back there afterwards: the button is gone by then.
      ringing.element.addEventListener('focusin', ({ relatedTarget }) => {
        if (relatedTarget && !ringing.element.contains(relatedTarget)) this.#before = relatedTarget;
      });
      this.#ringing.set(call, ringing);
      document.body.prepend(ringing.element);
    }
    this.#announce(waiting[0]);
    this.#tone.play(waiting.length > 0 && !calls.current);
    const current = calls.live.find((call) => !waiting.includes(call));
    if (current && current !== this.#shown) this.#show(current);
  }

  /** Who looks at another tab sees it in the title of this one. */
  #announce(call) {
    showTitle({ calling: call ? nameOf(call.user) : null });
  }

  #show(call) {
    this.#close();
    this.#shown = call;
    this.#focused = document.activeElement === document.body ? this.#before : document.activeElement;
    this.#before = null;
    const view = new CallView(call, this.#sb, {
      closed: () => this.#shown === call && this.#close(),
      resized: (small) => cover(view.element, !small),
      choose: () => new DeviceChoice(this.#sb, call, view.sound).open(),
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
    this.#view = this.#shown = null;
    cover(element, null);
    if (focused) giveBack(this.#focused);
  }
}
