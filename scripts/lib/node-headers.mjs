import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { step } from './log.mjs';
import { output } from './run.mjs';

/**
 * What node-gyp and cmake-js alike take as the folder of Node's headers (they read the same npm
 * setting): those that came with this Node where it has them, else what npm is set to.
 * @returns {Record<string, string>} environment
 */
export function nodeHeaders() {
  const prefix = resolve(dirname(process.execPath), '..');
  const configured = output('npm', ['config', 'get', 'nodedir']) ?? '';
  const folder = [prefix, configured].find((path) => existsSync(join(path, 'include', 'node', 'node_api.h')));
  if (folder) return { npm_config_nodedir: folder };
  step(`no headers of Node in ${prefix}/include/node: the build tool will try to download them.
  Where it cannot: npm config set nodedir <a folder with include/node/node_api.h>`);
  return {};
}
