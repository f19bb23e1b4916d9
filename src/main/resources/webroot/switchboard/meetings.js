import { SwitchboardError } from './errors.js';
import { Emitter } from './emitter.js';
import { Meeting } from './meeting.js';

const SIGNALS = new Set(['offer', 'answer', 'ice-candidate', 'meeting:request']);

/**
 * Meetings: `sb.meetings`. At most one is joined in a client.
 *
 * Events: `meeting` (a Meeting that this client enters), `change`.
 */
export class Meetings extends Emitter {
  #sb;
  #connection;
  #current = null;

  /** Made by `Switchboard`. */
  constructor(sb, connection) {
    super();
    this.#sb = sb;
    this.#connection = connection;
  }

  /** The meeting that this client is in, or wants in; null when there is none. */
  get current() {
    return this.#current;
  }

  /** `{title, description?, capacity?, lobby?}`. Resolves to what is known of it: `{id, …}`. */
  create(meeting) {
    return this.#sb.http('POST', '/meetings', { body: meeting });
  }

  /** Your meetings and those you were in, the latest first: `{items, next}`. */
  list({ cursor, limit } = {}) {
    return this.#sb.http('GET', '/meetings', { query: { cursor, limit } });
  }

  get(id) {
    return this.#sb.http('GET', path(id));
  }

  /** `{title?, description?, capacity?, locked?, lobby?}`. */
  update(id, changes) {
    return this.#sb.http('PUT', path(id), { body: changes });
  }

  remove(id) {
    return this.#sb.http('DELETE', path(id));
  }

  /** Who is in it, and who ever was: `{participants, items, next}`. */
  participants(id, { cursor, limit } = {}) {
    return this.#sb.http('GET', `${path(id)}/participants`, { query: { cursor, limit } });
  }

  /**
   * Enters a meeting with microphone and camera, as far as there are any. The Meeting is announced with the event `meeting`
   * at once; the promise settles when it is entered, or waits in the lobby.
   */
  async join(id, { video = true, muted = false } = {}) {
    if (this.#current) throw new SwitchboardError({ code: 'conflict', message: 'You are in a meeting' });
    const { options } = this.#sb.calls;
    const meeting = new Meeting(this.#connection, id, {
      me: this.#sb.user,
      request: (address, body) => this.#sb.request(address, body),
      servers: () => this.#sb.calls.iceServers(),
      policy: options.relay ? 'relay' : 'all',
      devices: options.devices,
      video,
      muted,
    });
    this.#current = meeting;
    meeting.on('change', () => this.emit('change'));
    meeting.once('ended', () => {
      this.#current = null;
      this.emit('change');
    });
    this.emit('meeting', meeting);
    await meeting.begin();
    return meeting;
  }

  /** For `Switchboard`: the meeting with this id, if it is the one joined. */
  find(id) {
    return this.#current?.id === id ? this.#current : undefined;
  }

  /** For `Switchboard`: an event of `socket:<id>`. Returns whether it is about a meeting. */
  receive({ type, data }) {
    if (!SIGNALS.has(type) || !data.meetingId) return false;
    this.find(data.meetingId)?.signal(type, data);
    return true;
  }

  /** For `Switchboard`: the connection is back. */
  online() {
    this.#current?.enter();
  }

  /** For `Switchboard`: the connection is lost. */
  lost() {
    this.#current?.lost();
  }

  /** For `Switchboard`: nobody is signed in any more, or the page goes. */
  end() {
    this.#current?.leave();
  }
}

function path(id) {
  return `/meetings/${encodeURIComponent(id)}`;
}
