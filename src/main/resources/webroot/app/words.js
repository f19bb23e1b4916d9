/** What a person is told, by the code of the error. What is not here the server says well enough by itself. */
const WORDS = {
  offline: 'There is no connection to the server.',
  timeout: 'The server takes too long to answer.',
  unavailable: 'The server is busy at the moment.',
  upstream_unreachable: 'The server is busy at the moment.',
  internal: 'Something went wrong at the server.',
  too_many_requests: 'That was too much at once. Please wait a moment.',
  unauthorized: 'You are not signed in any more.',
  token_expired: 'You are not signed in any more.',
  session_revoked: 'You were signed out.',
  signed_out: 'You were signed out.',
  xsrf_mismatch: 'This page is out of date. Please reload it.',
  forbidden: 'You may not do this.',
  not_a_member: 'You are not a member of this conversation.',
  not_found: 'That is not there any more.',
  conflict: 'Somebody else has changed this meanwhile.',
  payload_too_large: 'That is too long.',
  queue_full: 'Too many messages are waiting to be sent. Please wait until the connection is back.',
  room_closed: 'You are not in this conversation any more.',
  invalid_credentials: 'Wrong name or password.',
  username_taken: 'This name is taken.',
  email_taken: 'This address has an account already.',
};

/** What each field is called on the page. */
const FIELDS = {
  username: 'Username',
  email: 'Email',
  password: 'Password',
  currentPassword: 'Current password',
  displayName: 'Name',
  phoneNumber: 'Phone number',
  title: 'Name',
  content: 'Message',
};

/** A sentence or two about an error, for the person before the page. */
export function wordsFor(error) {
  const refused = error.fields?.map(({ field, message }) => sentence(`${FIELDS[field] ?? field} ${message}`));
  if (error.code === 'validation_failed' && refused?.length > 0) return refused.join(' ');
  const words = WORDS[error.code] ?? sentence(error.message || 'Something went wrong');
  return error.retryable && error.code !== 'too_many_requests' ? `${words} Please try again.` : words;
}

/** Begins with a capital letter and ends with a full stop. */
export function sentence(text) {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}
