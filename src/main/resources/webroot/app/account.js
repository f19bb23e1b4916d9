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
        ['phoneNumber', 'Phone number', { type: 'tel', autocomplete: 'tel', value: phoneNumber, optional: !phoneNumber }],
      ],
      submit: 'Save',
      words: { email_taken: ['email', 'This address has an account already'] },
      send: async (values) => {
        const changes = Object.entries(values).filter(([name, value]) => value.trim() && value.trim() !== sb.user[name]);
        if (changes.length > 0) await sb.updateProfile(Object.fromEntries(changes.map(([name, value]) => [name, value.trim()])));
        return 'Saved.';
      },
    });
    this.password = new Form({
      fields: [
        ['currentPassword', 'Present password', { type: 'password', autocomplete: 'current-password' }],
        ['password', 'New password', { type: 'password', autocomplete: 'new-password' }],
      ],
      submit: 'Change password',
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
