import { CallBar } from './call-bar.js';
import { DeviceTrouble, duration, endOf, failed, mediaWords, nameOf } from './call-words.js';
import { announce, framed, h, icon, iconButton } from './dom.js';
import { Sound, VideoTile } from './video-tile.js';

const RATINGS = { good: '', fair: 'The connection is weak.', poor: 'The connection is very weak.' };

/** How long the word stays about how a call ended, in milliseconds. */
const FAREWELL = 4_000;

/** A call that goes on, or that this person began: over the whole page, or small in a corner of it. */
export class CallView {
  #call;
  #offs;
  #clock;
  #rating = 'good';
  #small = false;
  #trouble = new DeviceTrouble((words) => this.#say(words));
  #announced = null;

  /**
   * @param closed called when there is nothing more to see
   * @param resized called with whether it is small now
   */
  constructor(call, sb, { closed, resized, choose }) {
    const me = sb.user;
    this.#call = call;
    this.closed = closed;
    this.resized = resized;
    const name = nameOf(call.user);
    this.remote = new VideoTile({ id: call.user.id, name, className: 'main' });
    this.aside = new VideoTile({ id: call.user.id, name, label: `${name}, camera`, className: 'aside' });
    this.own = new VideoTile({ id: me.id, name: nameOf(me), label: 'You', mirrored: true, className: 'own' });
    this.sound = new Sound(sb.calls.options.devices.speaker);
    this.heading = h('h2', { tabindex: '-1', text: name });
    this.status = h('p', { class: 'call-status' });
    this.notice = h('p', { class: 'call-notice', role: 'status' });
    this.bar = new CallBar({
      local: () => call.local,
      mute: (on) => call.local.mute(on),
      camera: (on) => call.local.camera(on),
      share: (on) => call.local.share(on),
      leave: () => call.hangUp(),
      choose,
      failed: (role, error) => this.#say(mediaWords(role, error)),
    });
    this.shrink = iconButton('shrink', 'Back to the conversations', () => this.resize(!this.#small));
    this.element = h(
      'section',
      { class: 'call', 'aria-label': `Call with ${name}` },
      h('header', {}, h('div', { class: 'titles' }, this.heading, this.status), this.shrink),
      h('div', { class: 'stage' }, this.remote.element, this.aside.element, this.own.element),
      this.notice,
      this.bar.element,
      this.sound.element,
    );
    const draw = framed(() => this.draw());
    this.#clock = setInterval(draw, 1_000);
    this.#offs = [
      call.on('change', draw),
      call.on('figures', ({ rating }) => {
        this.#rating = rating;
        draw();
      }),
      call.on('ended', (reason) => this.#over(reason)),
    ];
    this.draw();
  }

  opened() {
    this.heading.focus();
  }

  end() {
    clearInterval(this.#clock);
    this.#offs.forEach((off) => off());
    this.element.remove();
  }

  resize(small) {
    this.#small = small;
    this.element.dataset.size = small ? 'small' : 'full';
    const label = small ? 'Show the call' : 'Back to the conversations';
    this.shrink.setAttribute('aria-label', label);
    this.shrink.title = label;
    this.shrink.replaceChildren(icon(small ? 'grow' : 'shrink'));
    this.resized(small);
  }

  draw() {
    const call = this.#call;
    if (call.ended) return;
    this.element.dataset.state = call.state;
    const status = this.#describe();
    if (this.status.textContent !== status) this.status.textContent = status;
    const screen = call.remote.get('screen');
    this.remote.show(screen ?? call.remote.get('camera'), { fit: screen ? 'contain' : 'cover' });
    const name = nameOf(call.user);
    this.remote.caption.textContent = screen ? `Screen of ${name}` : name;
    this.aside.show(call.remote.get('camera'));
    this.aside.element.hidden = !screen;
    this.sound.play(call.remote.get('audio'));
    const { local } = call;
    const shared = local?.track('screen');
    this.own.show(shared ?? local?.track('camera') ?? null, { mirrored: !shared, fit: shared ? 'contain' : 'cover' });
    this.bar.draw();
    this.#trouble.tell(local?.problems);
    this.#announce();
  }

  /** How it stands, for those who listen; the time that passes they need not hear. */
  #announce() {
    const { state, network } = this.#call;
    const reconnecting = state === 'active' && network === 'reconnecting';
    const now = `${state} ${reconnecting}`;
    if (now === this.#announced) return;
    this.#announced = now;
    announce(state === 'active' && !reconnecting ? 'Connected.' : this.status.textContent);
  }

  #describe() {
    const { state, network, connectedAt } = this.#call;
    if (state === 'preparing') return 'Waiting for camera and microphone…';
    if (state === 'ringing') return 'Ringing…';
    if (state === 'connecting') return 'Connecting…';
    if (network === 'reconnecting') return 'Reconnecting…';
    return [duration(Date.now() - connectedAt), RATINGS[this.#rating]].filter(Boolean).join(' · ');
  }

  #say(text) {
    this.notice.textContent = text;
  }

  /** Who hung up knows; who did not is told. */
  #over(reason) {
    clearInterval(this.#clock);
    const { error, user, connectedAt } = this.#call;
    const words = reason === 'failed' ? failed(error, nameOf(user)) : endOf(reason, nameOf(user), connectedAt !== null);
    this.element.dataset.state = 'ended';
    this.remote.show(null);
    this.own.show(null);
    this.aside.element.hidden = true;
    this.sound.play(null);
    this.status.textContent = words;
    this.bar.end();
    announce(words);
    setTimeout(this.closed, this.bar.leaving ? 0 : FAREWELL);
  }
}
