import { dialog, show } from './dialog.js';
import { h } from './dom.js';
import { Form } from './form.js';
import { Devices } from './devices.js';

/** The signed-in user's own account: profile, password, devices. */
export class Account {
  /** @param signOutEverywhere called when the user wants that; a promise */
  constructor(sb, signOutEverywhere) {
    const { displayName = '', email = '', phoneNumber = '', username } = sb.user;
    this.profile = new Form({
      fields: [
        ['displayName', 'Name', { maxlength: '64', autocomplete: 'name', value: displayName || username }],
        ['email', 'Email', { type: 'email', autocomplete: 'email', value: email, optional: !email }],
        ['phoneNumber', 'Phone number', { type: 'tel', autocomplete: 'tel', value: phoneNumber, optional: true }],
      ],
      submit: 'Save',
      words: { email_taken: ['email', 'This address has an account already'] },
      send: async (values) => {
        const trimmed = Object.entries(values).map(([name, value]) => [name, value.trim()]);
        const changes = trimmed.filter(([name, value]) => value !== (sb.user[name] ?? ''));
        if (changes.length === 0) return 'Nothing has changed.';
        await sb.updateProfile(Object.fromEntries(changes));
        return 'Saved.';
      },
    });
    this.password = new Form({
      fields: [
        ['currentPassword', 'Current password', { type: 'password', autocomplete: 'current-password' }],
        ['password', 'New password', { type: 'password', autocomplete: 'new-password' }],
      ],
      submit: 'Change password',
      // Not for people: it tells password managers whose password this is.
      before: [h('input', { type: 'text', name: 'username', autocomplete: 'username', value: username, readonly: true, hidden: true })],
      words: { invalid_credentials: ['currentPassword', 'This is not your password'] },
      send: async (values) => {
        await sb.updateProfile(values);
        this.password.clear();
        this.devices.load();
        return 'Changed. Your other devices were signed out.';
      },
    });
    this.devices = new Devices(sb, signOutEverywhere);
    this.element = dialog(
      'Your account',
      h('p', { class: 'hint', text: `@${username}` }),
      this.profile.element,
      h('h3', { text: 'Password' }),
      this.password.element,
      h('h3', { text: 'Where you are signed in' }),
      this.devices.element,
    );
  }

  open() {
    show(this.element, this.profile.input('displayName'));
    this.devices.load();
  }
}
