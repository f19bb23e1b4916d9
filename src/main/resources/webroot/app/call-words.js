import { wordsFor } from './words.js';

/** What a person is told about a call that is over, by its reason. */
const ENDED = {
  hangup: () => 'Call ended.',
  cancelled: () => 'Call cancelled.',
  rejected: (name) => `${name} declined.`,
  busy: (name) => `${name} is in another call.`,
  no_answer: (name) => `${name} did not answer.`,
  unavailable: (name) => `${name} cannot be reached at the moment.`,
  answered_elsewhere: () => 'Answered on another device.',
  rejected_elsewhere: () => 'Declined on another device.',
  replaced: () => 'Call ended.',
  disconnected: () => 'The connection was lost.',
  ice_failed: () => 'No way to the other device was found. A firewall may be in between.',
  ice_timeout: () => 'No way to the other device was found in time.',
  media_failed: () => 'The call failed in one of the two browsers.',
};

/**
 * @param name of the other one
 * @param connected whether the two heard each other before
 */
export function endOf(reason, name, connected = false) {
  const why = connected && reason === 'ice_failed' ? 'disconnected' : reason;
  return (ENDED[why] ?? ENDED.hangup)(name);
}

const CONFLICT = 'You are in another call already, perhaps in another tab or on another device.';

/** Why a call did not begin. */
export function failed(error, name) {
  if (error.code?.startsWith('media_')) return mediaWords('audio', error);
  if (error.code === 'conflict') return CONFLICT;
  return error.code === 'not_found' ? `${name} is not here any more.` : wordsFor(error);
}

/** What is wrong with camera or microphone, and what helps. */
const MEDIA = {
  camera: {
    media_refused: 'You are heard but not seen: this page may not use the camera. Allow it beside the address, then turn the camera on.',
    media_missing: 'You are heard but not seen: no camera was found.',
    media_busy: 'You are heard but not seen: another program may be using the camera.',
    media_lost: 'You are heard but not seen: the camera was disconnected.',
  },
  audio: {
    media_refused: 'This page may not use the microphone. Allow it beside the address, then try again.',
    media_missing: 'No microphone was found. Connect one, then try again.',
    media_busy: 'The microphone does not work at the moment: another program may be using it.',
    media_insecure: 'Calls need a page with HTTPS: the browser gives no microphone to this one.',
  },
};

/** Says what is wrong with the devices, once, until it is well again; `say` is given the words, '' when there is nothing. */
export class DeviceTrouble {
  #say;
  #told = null;

  constructor(say) {
    this.#say = say;
  }

  /** @param problems of `local`: `{audio, camera}`, errors or null */
  tell({ audio, camera } = {}) {
    const problem = audio ?? camera ?? null;
    if (problem === this.#told) return;
    this.#told = problem;
    this.#say(problem ? mediaWords(audio ? 'audio' : 'camera', problem) : '');
  }
}

/** Words about what does not work: a device, or the sharing of the screen. */
export function mediaWords(role, error) {
  const devices = MEDIA[role];
  if (!devices || !error.code?.startsWith('media_')) return role === 'screen' ? screenWords(error) : wordsFor(error);
  return devices[error.code] ?? devices.media_busy;
}

function screenWords(error) {
  if (error.code === 'conflict') return 'Somebody else is sharing a screen. One at a time.';
  return error.code?.startsWith('media_') ? 'The screen cannot be shared here.' : wordsFor(error);
}

/** What a person is told who is not in a meeting any more, or not let in. */
const PARTED = {
  left: 'You left the meeting.',
  ended: 'The meeting was ended for all.',
  removed: 'The host removed you from the meeting.',
  barred: 'The host removed you from the meeting.',
  denied: 'The host did not let you in.',
  replaced: 'You are in the meeting on another device now.',
  lost: 'You could not be reached for too long, and your place was taken: the meeting is full now.',
  meeting_full: 'The meeting is full.',
  meeting_locked: 'The host lets nobody more in.',
  meeting_ended: 'The meeting is over.',
  not_found: 'There is no such meeting.',
};

/** The same for somebody who was in it, and could not come back after the connection was lost. */
const NOT_BACK = {
  meeting_full: 'You were away for too long, and your place was taken: the meeting is full now.',
  meeting_locked: 'You were away for too long, and the host lets nobody more in now.',
  meeting_ended: 'The meeting was ended while you were away.',
  not_found: 'The meeting was removed while you were away.',
};

/** @param entered whether this person was in the meeting before */
export function parted(reason, error, entered = false) {
  return (entered && NOT_BACK[reason]) || (PARTED[reason] ?? (error ? wordsFor(error) : PARTED.left));
}

/** `4:05`, `1:02:03`. */
export function duration(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (n) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export const nameOf = (user) => user.displayName || user.username || 'Somebody';
