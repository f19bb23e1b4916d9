/**
 * Tells when the machine may have slept or changed its network, so that a dead connection is noticed at once instead of
 * at the next ping. Does nothing outside browsers. Returns a function that ends the watch.
 */
export function watchDevice({ wake, network }) {
  const target = globalThis.window;
  if (!target?.addEventListener) return () => {};
  const visible = () => document.visibilityState === 'visible' && wake();
  target.addEventListener('online', network);
  // A server on this machine is there all the same: asking it is what tells.
  target.addEventListener('offline', wake);
  target.addEventListener('pageshow', wake);
  document.addEventListener('visibilitychange', visible);
  return () => {
    target.removeEventListener('online', network);
    target.removeEventListener('offline', wake);
    target.removeEventListener('pageshow', wake);
    document.removeEventListener('visibilitychange', visible);
  };
}
