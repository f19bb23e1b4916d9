import { nameOf } from './call-words.js';
import { CallView } from './call-view.js';
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
      ringing.end();
      this.#ringing.delete(call);
    }
    for (const call of waiting) {
      if (this.#ringing.has(call)) continue;
      const ringing = new Ringing(call);
      this.#ringing.set(call, ringing);
      document.body.prepend(ringing.element);
    }
    this.#announce(waiting[0]);
    this.#tone.play(waiting.length > 0 && this.#view === null);
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
    this.#focused = document.activeElement;
    this.#view = new CallView(call, this.#sb.user, {
      closed: () => this.#shown === call && this.#close(),
      resized: (small) => this.#cover(!small),
      choose: () => new DeviceChoice(this.#sb, call, this.#view.sound).open(),
    });
    document.body.append(this.#view.element);
    this.#view.resize(false);
    this.#view.opened();
  }

  #close() {
    if (!this.#view) return;
    this.#view.end();
    this.#view = this.#shown = null;
    this.#cover(false);
    this.#focused?.focus();
  }

  /** What is behind a view that covers the page cannot be reached. */
  #cover(covered) {
    document.getElementById('app').inert = covered;
  }
}
