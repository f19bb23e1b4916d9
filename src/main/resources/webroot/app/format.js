const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'short' });
const shortDate = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const longDate = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const longDateWithYear = new Intl.DateTimeFormat(undefined, { dateStyle: 'long' });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

const HUES = 8;
const DAY = 86_400_000;

export const clock = (at) => time.format(new Date(at));
export const exactTime = (at) => exact.format(new Date(at));

/** A key that is equal for moments of the same day here. */
export const dayOf = (at) => new Date(at).toDateString();

function daysAgo(at) {
  const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((midnight(new Date()) - midnight(new Date(at))) / DAY);
}

/** `14:05`, `Yesterday`, `Tue`, `3 May`: the nearer, the finer. */
export function briefTime(at) {
  const days = daysAgo(at);
  if (days <= 0) return clock(at);
  if (days === 1) return 'Yesterday';
  return (days < 7 ? weekday : shortDate).format(new Date(at));
}

/** What stands above the messages of a day. */
export function dayTitle(at) {
  const days = daysAgo(at);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  return (days < 300 ? longDate : longDateWithYear).format(new Date(at));
}

export function initials(name) {
  const words = name
    .trim()
    .split(/[\s._-]+/)
    .filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters.map((word) => [...word][0].toUpperCase()).join('') || '?';
}

/** One of a few colours, always the same for the same id. */
export function hueOf(id) {
  let hash = 0;
  for (const character of String(id)) hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
  return String(hash % HUES);
}

/** `Ann`, `Ann and Bob`, `Ann, Bob and 3 others`. */
export function listNames(names) {
  if (names.length <= 2) return names.join(' and ');
  if (names.length === 3) return `${names[0]}, ${names[1]} and ${names[2]}`;
  return `${names[0]}, ${names[1]} and ${names.length - 2} others`;
}

export const count = (n, one, many = `${one}s`) => `${n.toLocaleString()} ${n === 1 ? one : many}`;

/**
 * What a message of the type `file` holds: a name, an address, or both. `address` is absent when the content has none that
 * a page may lead to.
 */
export function fileOf(content) {
  const words = content.trim().split(/\s+/);
  const at = words.findIndex((word) => /^(https?:\/\/|\/(?!\/))/.test(word) && URL.canParse(word, 'http://localhost'));
  if (at < 0) return { name: content.trim() || 'File' };
  const address = words[at];
  const given = words.toSpliced(at, 1).join(' ');
  return { name: given || nameIn(address), address };
}

function nameIn(address) {
  const { pathname } = new URL(address, 'http://localhost');
  const last = pathname.split('/').findLast(Boolean) ?? address;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

const BROWSERS = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const SYSTEMS = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
];

/** `Firefox on Linux`: what a person knows a device by. */
export function deviceName(agent) {
  const userAgent = agent ?? '';
  const find = (names) => names.find(([pattern]) => pattern.test(userAgent))?.[1];
  const [browser, system] = [find(BROWSERS), find(SYSTEMS)];
  if (!browser && !system) return userAgent.split(/[\s/]/)[0] || 'Some device';
  return browser && system ? `${browser} on ${system}` : (browser ?? system);
}

/** One line that stands for a message elsewhere: in the list, above an answer to it. */
export function inBrief({ deleted, type, content }) {
  if (deleted) return 'Message deleted';
  return type === 'file' ? `File: ${fileOf(content ?? '').name}` : (content ?? '').replace(/\s+/g, ' ').trim();
}

/** Splits text into strings and the web addresses in it. */
export function splitLinks(text) {
  const parts = [];
  let from = 0;
  for (const { 0: match, index } of text.matchAll(/https?:\/\/[^\s<>"]+/g)) {
    const address = match.replace(/[.,;:!?'")\]]+$/, '');
    if (!URL.canParse(address)) continue;
    parts.push(text.slice(from, index), { address });
    from = index + address.length;
  }
  return [...parts, text.slice(from)].filter((part) => part !== '');
}
