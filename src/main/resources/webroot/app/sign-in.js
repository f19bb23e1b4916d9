import { h } from './dom.js';

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

  #show(mode) {
    this.#mode = mode;
    const { title, submit, other, fields } = MODES[mode];
    this.problem = h('p', { class: 'problem', role: 'alert' });
    this.form = h(
      'form',
      { novalidate: true, on: { submit: (event) => this.#submit(event) } },
      h('h1', { text: title }),
      this.#notice && h('p', { class: 'notice', role: 'status', text: this.#notice }),
      ...fields.map(([name, label, attributes]) => field(name, label, attributes)),
      this.problem,
      h('button', { class: 'button primary', type: 'submit', text: submit }),
      h(
        'p',
        { class: 'other' },
        `${other[0]} `,
        h('button', { type: 'button', class: 'link', text: other[1], on: { click: () => this.#switch() } }),
      ),
    );
    this.element.replaceChildren(brand(), h('div', { class: 'panel' }, this.form));
    this.form.elements.username.focus();
  }

  #switch() {
    this.#notice = undefined;
    this.#show(this.#mode === 'sign-in' ? 'register' : 'sign-in');
  }

  async #submit(event) {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(this.form));
    this.#clearProblems();
    const missing = [...this.form.querySelectorAll('input')].find((input) => !input.value.trim());
    if (missing) return this.#refuse(missing.name, 'Please fill this in');
    this.form.inert = true;
    try {
      if (this.#mode === 'register') await this.#sb.register(values);
      else await this.#sb.login(values);
    } catch (error) {
      this.form.inert = false;
      this.#explain(error);
    }
    return undefined;
  }

  #clearProblems() {
    this.problem.textContent = '';
    for (const input of this.form.querySelectorAll('input')) {
      input.removeAttribute('aria-invalid');
      document.getElementById(`${input.name}-problem`).textContent = '';
    }
  }

  #explain(error) {
    const taken = {
      username_taken: ['username', 'This name is taken'],
      email_taken: ['email', 'This address has an account already'],
    }[error.code];
    if (taken) return this.#refuse(...taken);
    const known = error.fields.filter(({ field: name }) => this.form.elements[name]);
    if (known.length > 0) return known.reverse().forEach(({ field: name, message }) => this.#refuse(name, message));
    const words = {
      invalid_credentials: 'Wrong name or password.',
      too_many_requests: 'Too many tries. Please wait a minute.',
      offline: 'The server cannot be reached. Are you online?',
    };
    this.problem.textContent = words[error.code] ?? error.message;
    return this.form.elements.password.focus();
  }

  #refuse(name, message) {
    const input = this.form.elements[name];
    input.setAttribute('aria-invalid', 'true');
    document.getElementById(`${name}-problem`).textContent = sentence(message);
    input.focus();
  }
}

function field(name, label, attributes) {
  const input = h('input', {
    id: name,
    name,
    type: 'text',
    required: true,
    'aria-describedby': `${name}-problem`,
    ...attributes,
  });
  return h(
    'div',
    { class: 'field' },
    h('label', { for: name, text: label }),
    input,
    h('p', { class: 'problem', id: `${name}-problem` }),
  );
}

function brand() {
  return h(
    'div',
    { class: 'brand' },
    h('p', { class: 'wordmark' }, h('img', { src: '/favicon.svg', alt: '', width: 40, height: 40 }), 'Switchboard'),
    h('p', { class: 'tagline', text: 'Conversations on your own server.' }),
  );
}

function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
