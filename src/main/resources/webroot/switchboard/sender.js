import { fullJitter } from './backoff.js';
import { checkContent } from './content.js';
import { Outbox } from './outbox.js';

/** Tries of a message that the server answers with a retryable error, before it is given up. */
const MAX_TRIES = 20;

/** Carries one room's outbox to the server: in order, again after each loss, until every message is acknowledged. */
export class Sender {
  #outbox = new Outbox();
  #room;
  #retryTimer;

  /**
   * @param room.id the conversation
   * @param room.me gives the id of the signed-in user, or undefined
   * @param room.keep where messages outlive the page
   * @param room.socket gives the socket to send on, or null while the room is not live
   * @param room.position gives the number of the last event that the room's log holds
   * @param room.changed called when the list of pending messages looks different
   */
  constructor(room) {
    this.#room = room;
  }

  get pending() {
    return this.#outbox.entries;
  }

  send(message) {
    checkContent(message.content);
    const entry = this.#outbox.add(message);
    this.#room.keep.put(this.#room.me(), this.#room.id, entry);
    this.#changed();
    return entry.promise;
  }

  /** Takes up what an earlier life of the page could not send. */
  restore() {
    const known = new Set(this.pending.map(({ clientId }) => clientId));
    const kept = this.#room.keep.messages(this.#room.me(), this.#room.id).filter(({ clientId }) => !known.has(clientId));
    for (const message of kept) this.#takeUp(message);
  }

  retry(clientId) {
    this.#outbox.retry(clientId);
    this.#changed();
  }

  discard(clientId) {
    this.#outbox.discard(clientId);
    this.#drop(clientId);
    this.#room.changed();
  }

  /** The room's log has this message of ours. */
  seen(message) {
    this.#outbox.seen(message);
    this.#drop(message.clientId);
  }

  /** The room was loaded anew up to `position`. */
  passed(position) {
    this.#outbox.passed(position);
  }

  /** Sends what waits, if the room is live and nothing is under way. */
  async pump() {
    const socket = this.#room.socket();
    if (!socket || this.#retryTimer) return;
    const entry = this.#outbox.take();
    if (!entry) return;
    const { clientId, content, type, replyTo } = entry;
    try {
      const body = { conversationId: this.#room.id, content, type, clientId, replyTo };
      this.#outbox.acknowledge(entry, await socket.request('message:send', body), this.#room.position());
      this.#drop(clientId);
    } catch (error) {
      this.#failed(entry, error);
    }
    this.#changed();
  }

  /** The connection is down: what was under way goes again with the next `pump`. */
  pause() {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
  }

  /** Gives up everything that the server has not acknowledged; what is not forgotten goes on after a reload. */
  end(error, { forget }) {
    this.pause();
    if (forget) this.#room.keep.clear(this.#room.me(), this.#room.id);
    for (const entry of this.pending) if (entry.state !== 'sent') this.#outbox.fail(entry, error);
  }

  #takeUp(message) {
    try {
      this.send(message).catch(() => {});
    } catch {
      // The queue is full: several tabs filled the storage. What is left is taken up the next time.
    }
  }

  #drop(clientId) {
    this.#room.keep.drop(this.#room.me(), this.#room.id, clientId);
  }

  #failed(entry, error) {
    if (!error.retryable || entry.attempts >= MAX_TRIES) return this.#outbox.fail(entry, error);
    this.#outbox.requeue(entry);
    if (error.code === 'offline') return undefined;
    const wait = Math.max(error.retryAfter ?? 0, fullJitter(entry.attempts - 1));
    this.#retryTimer = setTimeout(() => {
      this.pause();
      this.pump();
    }, wait);
    return undefined;
  }

  #changed() {
    this.#room.changed();
    this.pump();
  }
}
