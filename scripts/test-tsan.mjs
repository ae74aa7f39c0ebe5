// npm run test:tsan: runs the tests that use more than one thread under ThreadSanitizer.
import { readFileSync } from 'node:fs';
import { main } from './lib/log.mjs';
import { inRoot } from './lib/paths.mjs';
import { selectTests } from './lib/tests.mjs';
import { runSanitized } from './sanitizers/run.mjs';
import { reportsAboutUs } from './sanitizers/tsan-reports.mjs';

/** @type {import('./sanitizers/run.mjs').Sanitizer} */
const sanitizer = {
  kind: 'thread',
  runtime: 'libtsan.so',
  options: (reports) => ({
    TSAN_OPTIONS: [
      `log_path=${reports}`,
      'log_exe_name=1',
      `suppressions=${inRoot('scripts', 'sanitizers', 'tsan.supp')}`,
      'second_deadlock_stack=1',
      'history_size=7',
      'print_suppressions=0',
      // A process whose reports are all Node's own has not failed: reportsAboutUs() decides.
      'exitcode=0',
    ].join(':'),
  }),
  reports: reportsAboutUs,
};

/** @type {string[]} */
const threaded = JSON.parse(readFileSync(inRoot('scripts', 'sanitizers', 'tsan-tests.json'), 'utf8'));
const words = process.argv.slice(2);

await main(() =>
  runSanitized(sanitizer, () => {
    if (words.length > 0) return selectTests(words);
    // Each word is checked, so that a word without a test is an error and not a smaller run.
    return [...new Set(threaded.flatMap((word) => selectTests([word])))];
  }),
);
