import { h } from './dom.js';
import { Form } from './form.js';

const WORDS = {
  invalid_credentials: ['password', 'Wrong name or password'],
  too_many_requests: 'Too many tries. Please wait a minute.',
  offline: 'The server cannot be reached. Are you online?',
  username_taken: ['username', 'This name is taken'],
  email_taken: ['email', 'This address has an account already'],
};

const MODES = {
  'sign-in': {
    title: 'Sign in',
    submit: 'Sign in',
    other: ['New here?', 'Create an account'],
    fields: [
      ['username', 'Username or email', { autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false' }],
      ['password', 'Password', { type: 'password', autocomplete: 'current-password' }],
    ],
  },
  register: {
    title: 'Create your account',
    submit: 'Create account',
    other: ['Have an account?', 'Sign in'],
    fields: [
      ['username', 'Username', { autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false' }],
      ['email', 'Email', { type: 'email', autocomplete: 'email' }],
      ['password', 'Password', { type: 'password', autocomplete: 'new-password' }],
    ],
  },
};

/** The page before the conversations. `notice` says why somebody is here again. */
export class SignIn {
  #sb;
  #mode;
  #notice;

  constructor(sb, { notice } = {}) {
    this.#sb = sb;
    this.#notice = notice;
    this.element = h('main', { class: 'sign-in' });
    this.#show('sign-in');
  }

  /** It is on the page now. */
  opened() {
    this.form.focus();
  }

  #show(mode) {
    this.#mode = mode;
    const { title, submit, other, fields } = MODES[mode];
    const notice = this.#notice && h('p', { class: 'notice', role: 'status', text: this.#notice });
    this.form = new Form({
      fields,
      submit,
      words: WORDS,
      before: [h('h1', { text: title }), notice].filter(Boolean),
      send: (values) => this.#send(values),
    });
    const otherWay = h(
      'p',
      { class: 'other' },
      `${other[0]} `,
      h('button', { type: 'button', class: 'link', text: other[1], on: { click: () => this.#switch() } }),
    );
    this.element.replaceChildren(brand(), h('div', { class: 'card' }, this.form.element, otherWay));
    this.opened();
  }

  #switch() {
    this.#notice = undefined;
    this.#show(this.#mode === 'sign-in' ? 'register' : 'sign-in');
  }

  async #send(values) {
    if (this.#mode === 'register') await this.#sb.register(values);
    else await this.#sb.login(values);
  }
}

function brand() {
  return h(
    'div',
    { class: 'brand' },
    h('p', { class: 'wordmark' }, h('img', { src: '/favicon.svg', alt: '', width: 40, height: 40 }), 'Switchboard'),
    h('p', { class: 'tagline', text: 'Conversations on your own server.' }),
  );
}
