import { fullJitter } from './backoff.js';
import { Emitter } from './emitter.js';
import { SwitchboardError } from './errors.js';
import { TabLink } from './tabs.js';

/** The access token is renewed when this share of its life is over. */
const REFRESH_AT = 0.8;

/** A token with less than this left, in milliseconds, is renewed before it is used to connect. */
const MIN_VALIDITY = 5_000;

/** The longest delay that timers take without overflowing. */
const MAX_TIMER = 2 ** 31 - 1;

/**
 * Who is signed in, and their access token, renewed before it expires.
 *
 * In a page served by the node itself the refresh token is a cookie that scripts cannot read; elsewhere it is kept in
 * memory and given to the application with the `changed` event. A refresh token works once, so only one renewal may be
 * under way: in this tab and, through `TabLink`, among all tabs that share the cookie.
 *
 * Events: `changed` (session or null), `refreshed` (accessToken), `ended` (error).
 */
export class Session extends Emitter {
  #http;
  #byCookie;
  #provider;
  #tabs;
  #refreshing = null;
  #timer;
  #attempt = 0;
  #current = null;

  constructor({ http, byCookie, token, session }) {
    super();
    this.#http = http;
    this.#byCookie = byCookie && !token && !session?.refreshToken;
    this.#provider = token;
    this.#tabs = new TabLink(this.#byCookie, {
      // A message may be on its way while this tab renews the token by itself.
      session: (value) => value.expiresAt >= (this.#current?.expiresAt ?? 0) && this.#adopt(value, { tell: false }),
      ended: (error) => this.#end(new SwitchboardError(error), { tell: false }),
    });
    if (session) this.#adopt({ ...session, expiresAt: expiry(session) }, { tell: false });
  }

  /** `{user, accessToken, refreshToken?, expiresAt, life}`, times in milliseconds, `expiresAt` since the epoch; or null. */
  get current() {
    return this.#current;
  }

  async signIn(path, body) {
    const reply = await this.#http.request('POST', path, { body });
    this.#adopt(received(reply));
    return reply.user;
  }

  /** Ends the session on the server and here. It ends here even when the server cannot be reached. */
  async logout() {
    try {
      // With a token that has expired, as after the machine slept, the session would live on at the server.
      const token = await this.accessToken();
      const { refreshToken } = this.#current;
      await this.#http.request('POST', '/auth/logout', { body: refreshToken ? { refreshToken } : {}, token });
    } catch (error) {
      this.#http.forgetProof();
      throw error;
    } finally {
      this.#end(new SwitchboardError({ code: 'signed_out', message: 'Signed out' }));
    }
  }

  /** A usable access token; `force` asks for a new one even though the present one looks good. */
  async accessToken({ force = false } = {}) {
    const expiresAt = this.#current?.expiresAt ?? 0;
    if (!force && this.#current?.accessToken && expiresAt - Date.now() > MIN_VALIDITY) return this.#current.accessToken;
    await this.refresh();
    return this.#current.accessToken;
  }

  /** Renews the access token. All callers while one renewal is under way share it. */
  refresh() {
    const spent = this.#current?.accessToken;
    this.#refreshing ??= this.#tabs
      .exclusively(async () => {
        // Another tab may have renewed it while this one waited for its turn.
        if (this.#current && this.#current.accessToken !== spent) return;
        this.#adopt(await this.#renew());
      })
      .catch((error) => {
        if (!error.retryable) this.#end(error);
        throw error;
      })
      .finally(() => {
        this.#refreshing = null;
      });
    return this.#refreshing;
  }

  /** The server says that the token ends soon. One that was made for a short time is not renewed all the time for that. */
  expiring() {
    const { expiresAt, life } = this.#current ?? {};
    if (expiresAt - Date.now() < life / 2) this.refresh().catch(() => {});
  }

  /** The server said whose token it is; one given by the application does not tell. */
  identify(user) {
    if (this.#current) this.#current = { ...this.#current, user };
  }

  /** The signed-in user changed something about themselves. */
  profile(user) {
    if (!this.#current) return;
    this.#current = { ...this.#current, user };
    this.#tabs.tell('session', this.#current);
    this.emit('changed', this.#current);
  }

  /** Forgets the session without telling the server or other tabs: the server ended it. */
  expired(error) {
    this.#end(error, { tell: false });
  }

  dispose() {
    clearTimeout(this.#timer);
    this.#tabs.close();
  }

  async #renew() {
    if (this.#provider) {
      const accessToken = typeof this.#provider === 'function' ? await this.#provider() : this.#provider;
      const expiresAt = jwtExpiry(accessToken);
      if (accessToken && expiresAt > Date.now()) return { user: this.#current?.user, accessToken, expiresAt };
      throw new SwitchboardError({ code: 'token_expired', status: 401, message: 'The given token has expired' });
    }
    const refreshToken = this.#current?.refreshToken;
    if (!this.#byCookie && !refreshToken) {
      throw new SwitchboardError({ code: 'unauthorized', status: 401, message: 'Not signed in' });
    }
    return received(await this.#http.request('POST', '/auth/refresh', { body: refreshToken ? { refreshToken } : {} }));
  }

  #adopt(session, { tell = true } = {}) {
    const before = this.#current;
    if (before?.user && session.user && before.user.id !== session.user.id) {
      const message = 'Somebody else signed in, in another tab';
      return this.#end(new SwitchboardError({ code: 'unauthorized', status: 401, message }), { tell: false });
    }
    const life = session.life ?? session.expiresAt - Date.now();
    this.#current = { ...session, life, user: session.user ?? before?.user };
    if (this.#byCookie) delete this.#current.refreshToken;
    this.#attempt = 0;
    this.#schedule(this.#current.expiresAt - Date.now() - life * (1 - REFRESH_AT + Math.random() * 0.05));
    if (tell) this.#tabs.tell('session', this.#current);
    this.emit('changed', this.#current);
    if (before && before.accessToken !== session.accessToken) this.emit('refreshed', session.accessToken);
  }

  #schedule(milliseconds) {
    clearTimeout(this.#timer);
    if (typeof this.#provider === 'string') return;
    this.#timer = setTimeout(
      () => {
        this.refresh().catch((error) => {
          if (error.retryable) this.#schedule(fullJitter(this.#attempt++));
        });
      },
      Math.min(MAX_TIMER, Math.max(0, milliseconds)),
    );
    // In Node a pending renewal alone must not keep the program alive.
    this.#timer.unref?.();
  }

  #end(error, { tell = true } = {}) {
    clearTimeout(this.#timer);
    const was = this.#current;
    this.#current = null;
    if (!was) return;
    if (tell) this.#tabs.tell('ended', { code: error.code, message: error.message, status: error.status });
    this.emit('changed', null);
    this.emit('ended', error);
  }
}

function received(reply) {
  const { user, accessToken, refreshToken } = reply;
  return { user, accessToken, refreshToken, expiresAt: expiry(reply) };
}

/** By this machine's clock: the server's may differ, the token's remaining life does not. */
function expiry({ expiresAt, expiresIn, accessToken }) {
  if (Number.isFinite(expiresIn)) return Date.now() + expiresIn * 1000;
  return expiresAt ?? jwtExpiry(accessToken);
}

function jwtExpiry(token) {
  try {
    const payload = token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
    return JSON.parse(atob(payload)).exp * 1000;
  } catch {
    return 0;
  }
}
