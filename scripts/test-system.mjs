// Runs the same tests on the system's libmosquitto, in a separate addon beside the ordinary one.
import { main } from './lib/log.mjs';
import { testBesides } from './lib/test-besides.mjs';

await main(() => testBesides('system', process.argv.slice(2)));
