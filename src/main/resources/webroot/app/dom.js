const SVG = 'http://www.w3.org/2000/svg';

/**
 * Makes an element. `props`: `class`, `text`, `on` ({event: listener}), `data` ({name: value}); everything else is an
 * attribute, left out when null, undefined or false. Children are nodes or strings. Text is never parsed as HTML.
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'class') element.className = value;
    else if (name === 'text') element.textContent = value;
    else if (name === 'on') for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (name === 'data') Object.assign(element.dataset, value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `#icon-${name}`);
  svg.append(use);
  return svg;
}

export function iconButton(name, label, onClick, props = {}) {
  return h(
    'button',
    { type: 'button', class: 'icon-button', 'aria-label': label, title: label, on: { click: onClick }, ...props },
    icon(name),
  );
}

/**
 * Brings the children of `parent` to `wanted`. What stays in its order is not moved: moving a node takes the focus from
 * what is in it.
 */
export function arrange(parent, wanted) {
  const kept = new Set(wanted);
  for (const child of [...parent.children]) if (!kept.has(child)) child.remove();
  wanted.forEach((node, index) => {
    if (parent.children[index] !== node) parent.insertBefore(node, parent.children[index] ?? null);
  });
}

/** How many of the last announcements stay: a screen reader may not have come to them yet. */
const ANNOUNCEMENTS = 5;

/** Says something to those who listen to the page instead of looking at it. */
export function announce(text) {
  const announcer = document.getElementById('announcer');
  announcer.append(h('p', { text }));
  while (announcer.children.length > ANNOUNCEMENTS) announcer.firstElementChild.remove();
}

/** A frame that has not come after so many milliseconds does not come: the page was hidden meanwhile. */
const LATE = 500;

/** At most one call of `task` per frame; at once when the page is hidden, where no frames come. */
export function framed(task) {
  let late = null;
  const run = () => {
    if (late === null) return;
    clearTimeout(late);
    late = null;
    task();
  };
  return () => {
    if (late !== null) return;
    late = setTimeout(run, LATE);
    if (document.hidden) queueMicrotask(run);
    else requestAnimationFrame(run);
  };
}
