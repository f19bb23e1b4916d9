import { nameOf } from './call-words.js';
import { arrange, h } from './dom.js';
import { Sound, VideoTile } from './video-tile.js';

/** From this loudness on somebody counts as speaking, and how often we listen, in milliseconds. */
const SPEAKING = 0.02;
const LISTEN = 400;

/** The pictures of a meeting: one tile for each who is in it, a shared screen before them. */
export class MeetingStage {
  #meeting;
  #me;
  #tiles = new Map();
  #speaker;
  #timer;

  /** @param speaker id of the one that was chosen, if any */
  constructor(meeting, me, speaker) {
    this.#meeting = meeting;
    this.#me = me;
    this.#speaker = speaker;
    this.grid = h('ul', { class: 'tiles', 'aria-label': 'Participants' });
    this.screen = new VideoTile({ id: me.id, name: 'Shared screen', className: 'shared' });
    this.element = h('div', { class: 'stage' }, this.screen.element, this.grid);
    this.#timer = setInterval(() => this.#listen(), LISTEN);
  }

  end() {
    clearInterval(this.#timer);
    for (const { sound, tile } of this.#tiles.values()) {
      sound.play(null);
      tile.show(null);
    }
    this.screen.show(null);
  }

  /** All sound comes from this speaker from now on. */
  async through(id) {
    this.#speaker = id;
    await Promise.all([...this.#tiles.values()].map(({ sound }) => sound.through(id)));
  }

  draw() {
    const people = this.#meeting.participants;
    const shown = people.length > 0 ? people : [{ userId: this.#me.id, ...this.#me }];
    for (const userId of this.#tiles.keys()) if (!shown.some((person) => person.userId === userId)) this.#tiles.delete(userId);
    arrange(this.grid, shown.map((person) => this.#draw(person)));
    this.grid.dataset.count = String(shown.length);
    this.#drawScreen(people);
  }

  #draw(person) {
    const { userId, muted, hand, away, role } = person;
    const own = userId === this.#me.id;
    const parts = this.#tiles.get(userId) ?? this.#add(person, own);
    const peer = this.#meeting.peer(userId);
    parts.tile.show(own ? (this.#meeting.local?.track('camera') ?? null) : (peer?.remote.get('camera') ?? null));
    if (!own) parts.sound.play(peer?.remote.get('audio') ?? null);
    const waits = !own && peer?.state !== 'connected';
    const marks = [role === 'host' && 'host', hand && 'hand raised', muted && 'muted', away ? 'away' : waits && 'connecting'];
    const name = own ? 'You' : nameOf(person);
    parts.tile.caption.textContent = [name, ...marks.filter(Boolean)].join(' · ');
    parts.row.dataset.hand = String(Boolean(hand));
    return parts.row;
  }

  #add(person, own) {
    const tile = new VideoTile({ id: person.userId, name: nameOf(person), mirrored: own });
    const sound = new Sound(this.#speaker);
    const parts = { tile, sound, row: h('li', {}, tile.element, sound.element) };
    this.#tiles.set(person.userId, parts);
    return parts;
  }

  #drawScreen(people) {
    const sharer = people.find(({ sharing }) => sharing);
    const track = sharer && (sharer.userId === this.#me.id ? this.#meeting.local?.track('screen') : this.#meeting.peer(sharer.userId)?.remote.get('screen'));
    this.screen.show(track ?? null, { fit: 'contain' });
    this.screen.element.hidden = !track;
    this.element.dataset.screen = String(Boolean(track));
    if (track) this.screen.caption.textContent = sharer.userId === this.#me.id ? 'Your screen' : `Screen of ${nameOf(sharer)}`;
  }

  #listen() {
    for (const [userId, { row }] of this.#tiles) {
      row.dataset.speaking = String((this.#meeting.peer(userId)?.loudness ?? 0) >= SPEAKING);
    }
  }
}
