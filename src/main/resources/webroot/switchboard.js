/**
 * The browser client of Switchboard: `import { Switchboard } from '/switchboard.js'`.
 * Types are in `switchboard.d.ts`; the guide is `docs/client.md`.
 */
export { Switchboard } from './switchboard/client.js';
export { SwitchboardError } from './switchboard/errors.js';
export { MAX_CONTENT_BYTES, MAX_CONTENT_CHARACTERS } from './switchboard/content.js';
