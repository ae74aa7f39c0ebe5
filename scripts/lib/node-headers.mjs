// Finds the headers of Node for a build of the addon.
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { step, UserError } from './log.mjs';
import { fromUser } from './paths.mjs';
import { output } from './run.mjs';

/** @param {string} folder */
function hasHeaders(folder) {
  return existsSync(join(folder, 'include', 'node', 'node_api.h'));
}

/**
 * Returns the variable that names the folder of Node's headers for node-gyp and cmake-js: the folder that the user
 * names, or the one of this Node, or npm's setting `nodedir`, of which npm 12 warns.
 * @returns {Record<string, string>} environment
 */
export function nodeHeaders() {
  const given = process.env.LIBMOSQUITTO_NODEDIR;
  if (given) {
    const path = fromUser(given);
    if (!hasHeaders(path)) throw new UserError(`LIBMOSQUITTO_NODEDIR: there is no ${path}/include/node/node_api.h`);
    return { npm_config_nodedir: path };
  }
  const prefix = resolve(dirname(process.execPath), '..');
  const configured = output('npm', ['config', 'get', 'nodedir']) ?? '';
  const folder = [prefix, configured].find(hasHeaders);
  if (folder) return { npm_config_nodedir: folder };
  step(`no headers of Node in ${prefix}/include/node: the build tool will try to download them.
  Where it cannot: LIBMOSQUITTO_NODEDIR=<a folder with include/node/node_api.h>`);
  return {};
}
