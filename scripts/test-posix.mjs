// The tests of what Linux has a shorter way for, on an addon that takes the portable one: sockets, files for certificates,
// and calls of the library renamed by the preprocessor instead of wrapped by the linker, as on macOS; and payloads written
// from the queue alone, as on Windows.
import { main } from './lib/log.mjs';
import { testBesides } from './lib/test-besides.mjs';

const concerned = [
  ...['tls/', 'transports/', 'mqtt5/', 'protocol/before-connack', 'protocol/limits'],
  'protocol/unreleased',
  ...['native/binary', 'mosquitto/connect', 'mosquitto/loop-start'],
];
const words = process.argv.slice(2);

await main(() => testBesides('static-posix', words.length > 0 ? words : concerned));
