/** The timers of `clock.js`: `{id, milliseconds}` starts one, `{id}` ends it; answers with the id when its time has come. */
const timers = new Map();

self.onmessage = ({ data: { id, milliseconds } }) => {
  clearTimeout(timers.get(id));
  timers.delete(id);
  if (milliseconds === undefined) return;
  const ring = () => {
    timers.delete(id);
    self.postMessage(id);
  };
  timers.set(id, setTimeout(ring, milliseconds));
};
