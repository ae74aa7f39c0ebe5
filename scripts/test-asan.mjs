// npm run test:asan [-- WORD...]: runs the tests under AddressSanitizer, UndefinedBehaviorSanitizer and LeakSanitizer.
import { main } from './lib/log.mjs';
import { selectTests } from './lib/tests.mjs';
import { addressSanitizer } from './sanitizers/address.mjs';
import { runSanitized } from './sanitizers/run.mjs';

await main(() => runSanitized(addressSanitizer, () => selectTests(process.argv.slice(2))));
