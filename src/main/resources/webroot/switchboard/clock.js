/**
 * Timers that keep their time in pages nobody looks at. Browsers let timers of hidden pages run once a minute: too seldom
 * for a client that wants to be called. A worker's timers are not held back. The plain timer runs beside it, for where there
 * is no worker; whichever comes first counts.
 */
const worker = startWorker();
const due = new Map();
let last = 0;

/** Calls `task` after so many milliseconds; returns an id for `cancel`. */
export function after(milliseconds, task) {
  const id = ++last;
  const timer = setTimeout(() => run(id), milliseconds);
  due.set(id, { task, timer });
  worker?.postMessage({ id, milliseconds });
  return id;
}

export function cancel(id) {
  const waiting = due.get(id);
  if (!waiting) return;
  due.delete(id);
  clearTimeout(waiting.timer);
  worker?.postMessage({ id });
}

function run(id) {
  const task = due.get(id)?.task;
  cancel(id);
  task?.();
}

/** Null outside of pages, and in those of another origin, which may not start it. */
function startWorker() {
  if (!globalThis.document || !globalThis.Worker) return null;
  try {
    const started = new Worker(new URL('./clock-worker.js', import.meta.url));
    started.onmessage = ({ data }) => run(data);
    return started;
  } catch {
    return null;
  }
}
