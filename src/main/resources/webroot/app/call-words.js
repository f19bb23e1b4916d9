/** What a person is told about a call that is over, by its reason; `name` is the other one. */
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

export function endOf(reason, name) {
  return (ENDED[reason] ?? ENDED.hangup)(name);
}

/** What is wrong with camera or microphone, and what helps. */
const MEDIA = {
  camera: {
    media_refused: 'You are heard but not seen: this page may not use the camera. Allow it beside the address, then turn the camera on.',
    media_missing: 'You are heard but not seen: no camera was found.',
    media_busy: 'You are heard but not seen: another program may be using the camera.',
  },
  audio: {
    media_refused: 'This page may not use the microphone. Allow it beside the address, then try again.',
    media_missing: 'No microphone was found. Connect one, then try again.',
    media_busy: 'The microphone does not work at the moment: another program may be using it.',
    media_insecure: 'Calls need a page with HTTPS: the browser gives no microphone to this one.',
  },
};

export function mediaWords(role, error) {
  return MEDIA[role][error.code] ?? MEDIA[role].media_busy;
}

/** `4:05`, `1:02:03`. */
export function duration(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (n) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export const nameOf = (user) => user.displayName || user.username || 'Somebody';
