/** The calls and meetings on the page, each with whether it is over all of it: then the last one lies on top. */
const views = new Map();

/**
 * Says how a view lies on the page. What is beneath one that is over all of it can be neither seen nor reached.
 *
 * @param large over the whole page; false: small, in a corner; null: gone
 */
export function cover(element, large) {
  views.delete(element);
  if (large !== null) views.set(element, large);
  const top = [...views].findLast(([, whole]) => whole)?.[0];
  for (const [view, whole] of views) {
    view.inert = whole && view !== top;
    view.dataset.top = String(view === top);
  }
  document.getElementById('app').inert = top !== undefined;
}

/** Gives the focus back to what had it; if that is gone, to the top of what can be reached. */
export function giveBack(focused) {
  if (focused?.isConnected && focused !== document.body && !focused.closest('[inert]')) focused.focus();
  else (document.querySelector(".call[data-top='true'] h2") ?? document.querySelector('#app h1'))?.focus();
}
