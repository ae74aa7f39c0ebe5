// npm run test:system [-- WORD...]: runs the tests on the system's libmosquitto, in an addon beside the ordinary one.
import { main } from './lib/log.mjs';
import { testBesides } from './lib/test-besides.mjs';

await main(() => testBesides('system', process.argv.slice(2)));
