/** Shortest and longest wait before a new try, in milliseconds. */
export const MIN_DELAY = 500;
export const MAX_DELAY = 20_000;

/** A node that drains asks its clients to go elsewhere at once; this spread keeps them from arriving together. */
const QUICK_SPREAD = 500;

/** The least wait after `too_many`: a limit needs time to recover. */
const LIMIT_DELAY = 5_000;

/**
 * Milliseconds to wait before try number `attempt` (0 is the first): full jitter, so that the clients of a dead node
 * do not come back as one.
 */
export function fullJitter(attempt, random = Math.random, min = MIN_DELAY, max = MAX_DELAY) {
  const ceiling = Math.min(max, min * 2 ** Math.min(attempt, 30));
  return Math.min(max, Math.round(min + random() * ceiling));
}

/**
 * What a WebSocket close code asks of the client.
 *
 * `retry`: connect again after the delay; `refresh`: get a new access token first; `unauthorized`: stop until somebody
 * signs in; `stop`: this client speaks wrongly and would be refused again.
 */
export function closeAction(code) {
  switch (code) {
    case 4400:
      return 'stop';
    case 4401:
    case 4402:
      return 'refresh';
    case 4403:
      return 'unauthorized';
    default:
      return 'retry';
  }
}

/** Milliseconds before the next try after a connection that ended with `code`. */
export function delayAfter(code, attempt, random = Math.random) {
  if (attempt === 0 && (code === 1012 || code === 4402)) return Math.round(random() * QUICK_SPREAD);
  const delay = fullJitter(attempt, random);
  return code === 4409 ? Math.min(MAX_DELAY, LIMIT_DELAY + delay) : delay;
}
