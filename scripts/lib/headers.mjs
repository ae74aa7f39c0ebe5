// Lists the names that the headers of libmosquitto declare for clients. The headers are read as text, because no
// compiler lists macros.
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Headers that mosquitto.h includes and that are not for clients: they are for plugins of the broker. */
const BROKER_HEADERS = ['broker.h', 'broker_control.h', 'broker_plugin.h'];

/**
 * @typedef {object} Header
 * @property {string} name without folders
 * @property {string} text without comments: some names stand in comments only
 */

/**
 * Reads mosquitto.h, mqtt_protocol.h and all headers that they include, in the order in which a compiler reads them.
 * @param {string[]} folders
 * @returns {Header[]}
 */
export function readHeaders(folders) {
  /** @type {Map<string, Header>} */
  const headers = new Map();

  /** @param {string} path as an #include gives it */
  const read = (path) => {
    const name = basename(path);
    const file = folders.map((folder) => join(folder, path)).find((candidate) => existsSync(candidate));
    if (file === undefined || headers.has(name) || BROKER_HEADERS.includes(name)) return;
    if (!/^(mosquitto\/|mosquitto\.h$|mqtt_protocol\.h$)/.test(path)) return;
    const text = readFileSync(file, 'utf8')
      .replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ' ')
      .replace(/\\\n/g, ' ');
    headers.set(name, { name, text });
    for (const match of text.matchAll(/^\s*#\s*include\s*[<"]([^>"]+)[>"]/gm)) read(match[1] ?? '');
  };
  read('mosquitto.h');
  // In 2.0 mosquitto.h lets the program include it; in 2.1 the old place has only a warning, beside the new one.
  if (!headers.has('mqtt_protocol.h')) read('mqtt_protocol.h');
  return [...headers.values()];
}

/**
 * Returns the names of the functions that a header exports.
 * @param {string} text
 */
export function functionsOf(text) {
  const declarations = text.matchAll(/^\s*libmosq(?:common)?_EXPORT\b[^;]*;/gm);
  return [...declarations].map(([declaration]) => {
    const name = /\b((?:mosquitto|libcommon)_\w+)\)?\s*\(/.exec(declaration)?.[1];
    if (name === undefined) throw new Error(`no function in '${declaration.trim()}'`);
    return name;
  });
}

/**
 * Returns the names of the constants that a header defines: enumerators, and macros that have a value and no
 * parameters. Macros for the compiler itself are included.
 * @param {string} text
 */
export function constantsOf(text) {
  const enumerators = [...text.matchAll(/\benum\s+\w+\s*\{([^}]*)\}/g)].flatMap(([, body = '']) =>
    body.split(',').map((entry) => /^\s*(\w+)/.exec(entry)?.[1] ?? ''),
  );
  const macros = [...text.matchAll(/^\s*#\s*define\s+(\w+)[ \t]+\S/gm)].map((match) => match[1] ?? '');
  return [...enumerators, ...macros].filter((name) => name !== '');
}

/**
 * Returns the names of the macros with parameters that a header defines.
 * @param {string} text
 */
export function macrosOf(text) {
  return [...text.matchAll(/^\s*#\s*define\s+(\w+)\(/gm)].map((match) => match[1] ?? '');
}
