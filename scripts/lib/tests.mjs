// Selects test files by words in their names, and runs them with Node's test runner.
import { relative, sep } from 'node:path';
import { filesBelow } from './hash.mjs';
import { UserError } from './log.mjs';
import { inRoot } from './paths.mjs';
import { status } from './run.mjs';

// The tests of the package as users get it. They do not run again for each build of the addon, because they do not depend
// on it.
const packaging = 'packaging/';

/**
 * The compiled tests whose names contain one of the words; all of them when there are no words.
 * @param {string[]} words
 */
export function selectTests(words) {
  return select(
    testNames().filter((name) => !name.startsWith(packaging)),
    words,
  );
}

/** The same for the tests of the package. @param {string[]} words */
export function packagingTests(words) {
  return select(
    testNames().filter((name) => name.startsWith(packaging)),
    words,
  );
}

/** The list comes from the sources, so that the compiled file of a deleted test does not run. */
function testNames() {
  return filesBelow([inRoot('test')])
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => relative(inRoot('test'), file).split(sep).join('/'));
}

/**
 * @param {string[]} names
 * @param {string[]} words
 */
function select(names, words) {
  if (names.length === 0) throw new UserError('there are no tests in test/');
  const chosen = words.length === 0 ? names : names.filter((name) => words.some((word) => name.includes(word)));
  if (chosen.length === 0) {
    throw new UserError(`no test has ${words.join(' or ')} in its name; there are:\n  ${names.join('\n  ')}`);
  }
  return chosen.map((name) => inRoot('build', 'test', name.replace(/\.ts$/, '.js')));
}

/**
 * @param {string[]} files
 * @param {Record<string, string>} [env]
 * @returns {Promise<number>} exit code
 */
export function runTests(files, env) {
  // Two at once, because most tests are idle until a socket or a timer fires, and some measure time.
  const options = ['--test', '--test-reporter=spec', '--test-concurrency=2', '--enable-source-maps'];
  return status(process.execPath, [...options, ...files], { env });
}
