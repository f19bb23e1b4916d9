import { closeAction, delayAfter } from './backoff.js';
import { after, cancel } from './clock.js';
import { Emitter } from './emitter.js';
import { offlineError, SwitchboardError } from './errors.js';
import { Socket } from './socket.js';
import { watchDevice } from './device.js';

/** A connection that held this long, in milliseconds, was a good one: the next loss starts the back-off anew. */
const STABLE = 10_000;

/** Forced renewals of the token in a row before the client counts as signed out. */
const MAX_REFRESHES = 2;

/**
 * Keeps one authenticated socket alive: connects, authenticates, and after a loss does what the close code asks.
 *
 * States: `idle`, `connecting`, `online`, `offline` (a new try is due at `retryAt`), `unauthorized` (somebody must sign
 * in), `closed` (the server refuses this client; `error` says why).
 * Events: `state` ({state, previous, code?, reason?, retryAt?, error?}), `event` (address, body).
 */
export class Connection extends Emitter {
  #session;
  #options;
  #addresses = new Set();
  #socket = null;
  #generation = 0;
  #attempt = 0;
  #refreshes = 0;
  #onlineSince = 0;
  #timer;
  #resumeToken;
  #unwatch;

  /** @param options `{url, WebSocket, timeout}` as for `Socket` */
  constructor(session, options) {
    super();
    this.#session = session;
    this.#options = options;
    this.state = 'idle';
    this.socketId = undefined;
    session.on('refreshed', (token) => this.#authenticateAgain(token));
    session.on('ended', (error) => this.#stop(this.state === 'idle' ? 'idle' : 'unauthorized', { error }));
  }

  /** The socket while it is authenticated, else null. */
  get socket() {
    return this.state === 'online' ? this.#socket : null;
  }

  /** Proves later, to whichever node, that the present socket was ours. */
  get resumeToken() {
    return this.#resumeToken;
  }

  /** Starts. The promise settles at the first `online`, or rejects when there is no point in waiting for it. */
  connect() {
    const settled = new Promise((resolve, reject) => {
      if (this.state === 'online') return resolve();
      const off = this.on('state', ({ state, error }) => {
        if (state === 'connecting' || state === 'offline') return;
        off();
        if (state === 'online') resolve();
        else reject(error ?? offlineError('Disconnected'));
      });
    });
    settled.catch(() => {});
    this.#unwatch ??= watchDevice({ wake: () => this.#socket?.probe(), network: () => this.#retryNow() });
    if (this.state !== 'online' && this.state !== 'connecting') {
      this.#attempt = this.#refreshes = 0;
      this.#open();
    }
    return settled;
  }

  /** Ends the connection until `connect` is called again. */
  disconnect() {
    this.#stop('idle');
  }

  /** Gives up the present socket and gets another: its stream of events can no longer be trusted. */
  restart(reason) {
    this.#socket?.terminate(reason);
  }

  /** Registers `address` now, if online, and after each reconnect. */
  listen(address) {
    this.#addresses.add(address);
    this.socket?.register(address).catch((error) => this.emit('refused', address, error));
  }

  unlisten(address) {
    this.#addresses.delete(address);
    this.socket?.unregister(address).catch(() => {});
  }

  async #open({ force = false } = {}) {
    cancel(this.#timer);
    const generation = ++this.#generation;
    this.#become('connecting');
    let socket;
    try {
      const token = await this.#session.accessToken({ force });
      if (generation !== this.#generation) return;
      socket = new Socket({
        ...this.#options,
        onEvent: (address, body) => this.emit('event', address, body),
        onEnd: (end) => this.#lost(socket, end),
      });
      this.#socket = socket;
      await socket.opened;
      this.#authenticated(socket, await socket.request('auth', { token, resume: this.#resumeToken }));
    } catch (error) {
      if (generation !== this.#generation) return;
      if (!socket) this.#failed(error);
      else if (socket === this.#socket) this.#refused(socket, error);
    }
  }

  #authenticated(socket, reply) {
    if (socket !== this.#socket) return;
    this.socketId = reply.socketId;
    this.#resumeToken = reply.resumeToken;
    this.#refreshes = 0;
    this.#onlineSince = Date.now();
    this.#session.identify(reply.user);
    for (const address of [`user:${reply.user.id}`, `socket:${reply.socketId}`, ...this.#addresses]) {
      socket.register(address).catch((error) => this.#registrationFailed(socket, address, error));
    }
    this.#become('online', { user: reply.user, call: reply.call });
  }

  #registrationFailed(socket, address, error) {
    if (socket !== this.#socket || error.code === 'offline') return;
    if (error.retryable) socket.terminate(`registering ${address}: ${error.message}`);
    else this.emit('refused', address, error);
  }

  /** There was no token to connect with. */
  #failed(error) {
    if (error instanceof SwitchboardError && !error.retryable) this.#stop('unauthorized', { error });
    else this.#retry(undefined, { error });
  }

  /** The socket opened and `auth` was answered with an error, or not at all. */
  #refused(socket, error) {
    this.#socket = null;
    socket.close();
    if (error.status === 401 || error.status === 403) this.#after(error.code === 'session_revoked' ? 4403 : 4402, { error });
    else this.#after(undefined, { error });
  }

  #lost(socket, { code, reason }) {
    if (socket !== this.#socket) return;
    this.#socket = null;
    if (this.#onlineSince && Date.now() - this.#onlineSince >= STABLE) this.#attempt = 0;
    this.#onlineSince = 0;
    this.#after(code, { reason, error: offlineError(reason || undefined) });
  }

  #after(code, details) {
    const action = closeAction(code);
    if (action === 'stop') return this.#stop('closed', { code, ...details });
    if (action === 'unauthorized' || (action === 'refresh' && this.#refreshes++ >= MAX_REFRESHES)) {
      this.#stop('unauthorized', { code, ...details });
      return this.#session.expired(details.error);
    }
    return this.#retry(code, details, action === 'refresh');
  }

  #retry(code, details, force = false) {
    const delay = delayAfter(code, this.#attempt++);
    this.#generation += 1;
    this.#timer = after(delay, () => this.#open({ force }));
    this.#become('offline', { code, retryAt: Date.now() + delay, ...details });
  }

  #retryNow() {
    if (this.state === 'offline') this.#open();
    else this.#socket?.probe();
  }

  #stop(state, details) {
    cancel(this.#timer);
    this.#generation += 1;
    const socket = this.#socket;
    this.#socket = null;
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.#resumeToken = undefined;
    socket?.close();
    this.#become(state, details);
  }

  async #authenticateAgain(token) {
    const socket = this.socket;
    if (!socket) return;
    try {
      await socket.request('auth', { token });
    } catch (error) {
      if (socket === this.#socket && error.code !== 'offline') socket.terminate(`renewing the session: ${error.message}`);
    }
  }

  #become(state, details) {
    const previous = this.state;
    if (state === previous && state !== 'offline') return;
    this.state = state;
    this.emit('state', { state, previous, ...details });
  }
}
