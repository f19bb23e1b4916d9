import { dialog, show } from './dialog.js';
import { Form } from './form.js';
import { PersonPicker } from './person-picker.js';

/** One person chosen makes a direct conversation, several a group. */
export class NewConversation {
  /** @param create called with `{people, title}`; the dialog closes when its promise resolves */
  constructor(sb, create) {
    const picker = new PersonPicker(sb, { label: 'With whom?', changed: (people) => this.#changed(people) });
    this.picker = picker;
    this.form = new Form({
      fields: [['title', 'Name of the group', { optional: true, maxlength: '100', placeholder: 'For example: Weekend trip' }]],
      submit: 'Start chat',
      before: [picker.element],
      send: async ({ title }) => {
        const { people } = picker;
        const names = people.map(({ username }) => username).join(', ');
        await create({ people, title: people.length > 1 ? title.trim() || names.slice(0, 100) : '' });
        this.element.close();
      },
    });
    this.element = dialog('New conversation', this.form.element);
    this.#changed([]);
  }

  open() {
    show(this.element, this.picker.input);
  }

  #changed(people) {
    this.form.input('title').closest('.field').hidden = people.length < 2;
    this.form.button.disabled = people.length === 0;
    this.form.button.textContent = people.length > 1 ? 'Create group' : 'Start chat';
  }
}
