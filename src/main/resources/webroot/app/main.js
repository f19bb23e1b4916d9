import { Switchboard } from '/switchboard.js';
import { h } from './dom.js';
import { Shell } from './shell.js';
import { SignIn } from './sign-in.js';
import { showTitle } from './title.js';

const sb = new Switchboard({ storage: storage() });
const root = document.getElementById('app');
let shell = null;

/** Undefined where the browser does not let the page have one. */
function storage() {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
}

function show(view) {
  root.replaceChildren(view.element);
  view.opened?.();
}

function signedIn() {
  if (shell) return;
  shell = new Shell(sb);
  show(shell);
  shell.start();
}

function signedOut(notice) {
  shell?.end();
  shell = null;
  // Dialogs are not part of the page that goes.
  for (const dialog of document.querySelectorAll('dialog')) dialog.remove();
  sb.disconnect();
  showTitle({ waiting: 0, calling: null });
  show(new SignIn(sb, { notice }));
}

sb.on('session', (session) => {
  if (session) signedIn();
  else signedOut(shell?.leaving ? undefined : 'You were signed out. Please sign in again.');
});

/** Takes up the session of the cookie, however long the server takes to be there. */
async function resume() {
  // Another tab may be the first that the server answers: then this one has the session as well.
  for (let wait = 1_000; !shell; wait = Math.min(20_000, wait * 2)) {
    try {
      await sb.refresh();
      return;
    } catch (error) {
      if (shell) return;
      if (!error.retryable) return signedOut();
      show({ element: h('main', { class: 'splash', role: 'status', text: 'The server cannot be reached. Trying again…' }) });
      await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random())));
    }
  }
}

// A readable cookie beside the hidden ones tells that there may be a session.
if (document.cookie.includes('XSRF-TOKEN=')) resume();
else signedOut();
