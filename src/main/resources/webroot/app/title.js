const NAME = 'Switchboard';
const shown = { waiting: 0, calling: null };

/**
 * What the browser's tab says: who calls, else how much waits to be looked at. What is not given stays.
 *
 * @param changes `{waiting?, calling?}`: a number; a name, or null when nobody calls
 */
export function showTitle(changes) {
  Object.assign(shown, changes);
  const { waiting, calling } = shown;
  const count = waiting > 0 ? `(${waiting > 99 ? '99+' : waiting}) ` : '';
  document.title = calling ? `${calling} is calling` : `${count}${NAME}`;
}
