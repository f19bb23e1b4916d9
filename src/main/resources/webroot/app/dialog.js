import { h, iconButton } from './dom.js';

let dialogs = 0;

/**
 * A modal dialog with a title. Escape, its button and a click beside it close it; then it leaves the page, and the focus
 * goes back to where it was.
 */
export function dialog(title, ...content) {
  const id = `dialog${(dialogs += 1)}`;
  const close = iconButton('close', 'Close', () => element.close());
  const heading = h('h2', { id, text: title });
  const element = h(
    'dialog',
    { 'aria-labelledby': id, on: { close: () => element.remove() } },
    h('header', {}, heading, close),
    ...content,
  );
  element.addEventListener('mousedown', (event) => {
    if (event.target === element && isOutside(event, element.getBoundingClientRect())) element.close();
  });
  return element;
}

function isOutside({ clientX, clientY }, { left, right, top, bottom }) {
  return clientX < left || clientX > right || clientY < top || clientY > bottom;
}

/** Shows a dialog; `first` gets the focus. */
export function show(element, first) {
  document.body.append(element);
  element.showModal();
  first?.focus();
}

/** Asks; resolves to whether the answer is yes. `cancel: false` leaves no choice: then it only tells. */
export function confirm({ title, text, action, cancel = true }) {
  return new Promise((resolve) => {
    const answer = (value) => () => {
      resolve(value);
      element.close();
    };
    const yes = h('button', {
      type: 'button',
      class: cancel ? 'button danger' : 'button primary',
      text: action,
      on: { click: answer(true) },
    });
    const no = cancel && h('button', { type: 'button', class: 'button', text: 'Cancel', on: { click: answer(false) } });
    const element = dialog(title, h('p', { text }), h('div', { class: 'buttons' }, no, yes));
    element.classList.add('small');
    element.addEventListener('close', () => resolve(false));
    show(element, no || yes);
  });
}

/** Tells what did not work. */
export function tell(title, text) {
  return confirm({ title, text, action: 'OK', cancel: false });
}
