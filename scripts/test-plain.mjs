// The tests on an addon without native/libmosquitto/engine, which is there for speed alone: whatever fails here is a fault
// that the engine hides.
import { main } from './lib/log.mjs';
import { testBesides } from './lib/test-besides.mjs';

await main(() => testBesides('static-plain', process.argv.slice(2)));
