// npm run test:plain [-- WORD...]: runs the tests on an addon without native/libmosquitto/engine, which exists only for
// speed. A test that fails only here shows a fault that the engine hides.
import { main } from './lib/log.mjs';
import { testBesides } from './lib/test-besides.mjs';

await main(() => testBesides('static-plain', process.argv.slice(2)));
