import { h, iconButton } from './dom.js';

/** A modal dialog with a title; Escape and the button close it, and then it leaves the page. */
export function dialog(title, ...content) {
  const close = iconButton('close', 'Close', () => element.close());
  const heading = h('h2', { id: 'dialog-title', text: title });
  const element = h(
    'dialog',
    { 'aria-labelledby': 'dialog-title', on: { close: () => element.remove() } },
    h('header', {}, heading, close),
    ...content,
  );
  element.addEventListener('click', (event) => event.target === element && element.close());
  return element;
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
    document.body.append(element);
    element.showModal();
    (no || yes).focus();
  });
}
