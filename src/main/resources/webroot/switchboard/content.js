import { SwitchboardError } from './errors.js';

/** The longest message: Unicode code points, and bytes as UTF-8. */
export const MAX_CONTENT_CHARACTERS = 10_000;
export const MAX_CONTENT_BYTES = 40_000;

/** Refuses what the server would refuse, before it waits in a queue. */
export function checkContent(content) {
  const refuse = (code, message) => {
    throw new SwitchboardError({ code, status: 400, message, fields: [{ field: 'content', message }] });
  };
  if (typeof content !== 'string' || content.trim() === '') refuse('validation_failed', 'A message needs content');
  if (content.length <= MAX_CONTENT_CHARACTERS) return;
  if ([...content].length > MAX_CONTENT_CHARACTERS || new TextEncoder().encode(content).length > MAX_CONTENT_BYTES) {
    refuse('validation_failed', `A message holds at most ${MAX_CONTENT_CHARACTERS.toLocaleString('en')} characters`);
  }
}
