import { Account } from './account.js';
import { personAvatar } from './avatar.js';
import { Banner } from './banner.js';
import { CallDesk } from './call-desk.js';
import { Channels } from './channels.js';
import { ConversationList } from './conversation-list.js';
import { Conversations } from './conversations.js';
import { announce, h, icon, iconButton } from './dom.js';
import { MeetingDesk } from './meeting-desk.js';
import { MissedCalls } from './missed-calls.js';
import { MissedCallsDialog } from './missed-calls-dialog.js';
import { NewConversation } from './new-conversation.js';
import { RoomView } from './room-view.js';
import { showTitle } from './title.js';
import { UntilDone } from './until-done.js';

const ROUTE = /^#\/c\/([^/]+)$/;
const MEETING = /^#\/m\/([0-9a-f-]{36})$/;

/** The page after signing in: the list, the open conversation, and which of the two a narrow screen shows. */
export class Shell {
  #sb;
  #conversations;
  #list;
  #banner;
  #calls;
  #meetings;
  #missed;
  #loads;
  #view = null;
  #offs = [];
  leaving = false;

  constructor(sb) {
    this.#sb = sb;
    this.#conversations = new Conversations(sb, (id) => this.#view?.reading && this.#view.id === id);
    this.#list = new ConversationList(this.#conversations, () => sb.user ?? {});
    this.#banner = new Banner(sb);
    this.#calls = new CallDesk(sb);
    this.#meetings = new MeetingDesk(sb);
    this.#missed = new MissedCalls(sb);
    this.#loads = { conversations: new UntilDone(() => this.#load()), missed: new UntilDone(() => this.#missed.load()) };
    this.pane = h('div', { class: 'pane' });
    // Not in the sidebar, which a narrow screen hides with all that is in it.
    this.heading = h('h1', { class: 'visually-hidden', tabindex: '-1', text: 'Switchboard' });
    this.element = h('main', { class: 'shell', data: { pane: 'list' } }, this.heading, this.#banner.element, this.#sidebar(), this.pane);
  }

  /** It is on the page now: whoever signed in with the keyboard goes on from its top. */
  opened() {
    this.heading.focus();
  }

  start() {
    const listen = (target, type, listener) => {
      target.addEventListener(type, listener);
      return () => target.removeEventListener(type, listener);
    };
    this.#offs = [
      listen(window, 'hashchange', () => this.#route()),
      listen(window, 'beforeunload', (event) => this.#ask(event)),
      listen(document, 'visibilitychange', () => this.#looked()),
      this.#sb.on('state', ({ state }) => state === 'online' && this.#online()),
      this.#sb.on('session', (session) => session?.user && this.#drawMe()),
      this.#conversations.on('change', () => this.#changed()),
      this.#missed.on('change', () => this.#drawMissed()),
      this.#missed.on('missed', ({ fromName }) => announce(`You missed a call from ${fromName || 'somebody'}.`)),
    ];
    // Problems of the connection are the banner's business.
    this.#sb.connect().catch(() => {});
    this.#route();
    // Again when online: what happened until then was not pushed.
    this.#loads.conversations.begin();
  }

  end() {
    this.#offs.forEach((off) => off());
    Object.values(this.#loads).forEach((load) => load.end());
    this.#view?.end();
    this.#list.end();
    this.#banner.end();
    this.#calls.end();
    this.#meetings.end();
    this.#missed.end();
    this.#conversations.dispose();
  }

  #online() {
    Object.values(this.#loads).forEach((load) => load.begin());
  }

  async #load() {
    await this.#conversations.load();
    if (this.element.isConnected) this.#route();
  }

  /** Closing the page hangs up: by mistake it is closed easily. */
  #ask(event) {
    if (this.#sb.calls.current || this.#sb.meetings.current) event.preventDefault();
  }

  /** Missed calls may have been looked at in another tab: nobody tells. */
  #looked() {
    if (document.visibilityState === 'visible' && this.#missed.unread > 0) this.#loads.missed.begin();
  }

  #sidebar() {
    this.me = h('button', {
      type: 'button',
      class: 'me',
      title: 'Your account',
      on: { click: () => this.#account() },
    });
    this.#drawMe();
    this.missed = iconButton('phone', '', () => this.#openMissed());
    this.#drawMissed();
    const meetings = iconButton('video', 'Meetings', () => this.#meetings.open());
    const channels = iconButton('hash', 'Channels', () => this.#channels());
    const start = iconButton('compose', 'New conversation', () => this.#startConversation());
    return h(
      'div',
      { class: 'sidebar' },
      h('header', {}, h('img', { src: '/favicon.svg', alt: '', width: 28, height: 28 }), h('p', { class: 'product', text: 'Switchboard' }), this.missed, meetings, channels, start),
      this.#list.element,
      h('footer', {}, this.me, iconButton('sign-out', 'Sign out', () => this.#signOut())),
    );
  }

  #drawMe() {
    const { id, displayName, username } = this.#sb.user;
    const name = displayName || username;
    const names = h('span', { class: 'who' }, h('strong', { text: name }), h('span', { text: `@${username}` }));
    this.me.replaceChildren(personAvatar({ id, name }), names, icon('settings'));
  }

  #drawMissed() {
    const { unread } = this.#missed;
    const label = unread > 0 ? `Missed calls, ${unread} new` : 'Missed calls';
    this.missed.title = label;
    this.missed.setAttribute('aria-label', label);
    this.missed.classList.toggle('news', unread > 0);
    this.#showWaiting();
  }

  #openMissed() {
    const meet = async (id) => open(await this.#conversations.create({ people: [{ id }] }));
    new MissedCallsDialog(this.#missed, meet).open();
  }

  #startConversation() {
    const create = async (choice) => open(await this.#conversations.create(choice));
    new NewConversation(this.#sb, create).open();
  }

  #channels() {
    new Channels(this.#sb, this.#conversations, open).open();
  }

  #account() {
    const everywhere = async () => {
      await this.#sb.users.revokeOtherSessions();
      await this.#signOut();
    };
    new Account(this.#sb, everywhere).open();
  }

  async #signOut() {
    this.leaving = true;
    history.replaceState(null, '', '/');
    // Signed out here even when the server does not hear of it.
    await this.#sb.logout().catch(() => {});
  }

  #route() {
    const meeting = MEETING.exec(location.hash)?.[1];
    if (meeting) {
      // The link has done its work; what is open beside the meeting has its own.
      history.replaceState(null, '', this.#view ? `#/c/${this.#view.id}` : '/');
      this.#meetings.enter(meeting);
    }
    const id = ROUTE.exec(location.hash)?.[1];
    const conversation = id && this.#conversations.get(id);
    if (id && !conversation && this.#conversations.loaded) history.replaceState(null, '', '/');
    const before = this.#view?.id;
    this.element.dataset.pane = conversation ? 'room' : 'list';
    this.#list.current = conversation?.id ?? null;
    this.#list.draw();
    if (before !== conversation?.id) this.#show(conversation);
    else if (!this.#view) this.#show(undefined);
    if (before && !conversation && !document.querySelector('dialog[open]')) this.#list.focus(before);
  }

  #show(conversation) {
    this.#view?.end();
    this.#view = conversation ? new RoomView(this.#sb, this.#conversations, conversation, this.#calls) : null;
    this.pane.replaceChildren(this.#view?.element ?? welcome(this.#conversations.loaded));
    this.#view?.opened();
  }

  #changed() {
    this.#showWaiting();
    if (this.#view && !this.#conversations.get(this.#view.id)) this.#route();
  }

  #showWaiting() {
    showTitle({ waiting: this.#conversations.unread + this.#missed.unread });
  }
}

function open(id) {
  location.hash = `#/c/${id}`;
}

function welcome(loaded) {
  return h(
    'div',
    { class: 'welcome' },
    h('img', { src: '/favicon.svg', alt: '', width: 56, height: 56 }),
    h('p', { text: loaded ? 'Choose a conversation, or start one.' : 'One moment…' }),
  );
}
