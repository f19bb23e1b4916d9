import { register } from 'node:module';

const webroot = new URL('../../main/resources/webroot', import.meta.url).href;

const hooks = `export const resolve = (specifier, context, next) =>
  next(specifier.startsWith('/switchboard') ? '${webroot}' + specifier : specifier, context);`;

/** Lets modules of the page be imported here: what they import by its path on a node is in the web root. */
register(`data:text/javascript,${encodeURIComponent(hooks)}`);

export const pageModule = (name) => import(`${webroot}/app/${name}.js`);
