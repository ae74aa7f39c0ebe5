// Runs the tests of the portable code that Linux does not need, on an addon that uses that code: sockets, files for
// certificates, and library calls that the preprocessor renames, instead of the linker's wraps, as on macOS. It also
// writes payloads only from the queue, as on Windows.
import { main } from './lib/log.mjs';
import { testBesides } from './lib/test-besides.mjs';

const concerned = [
  ...['tls/', 'transports/', 'mqtt5/', 'protocol/before-connack', 'protocol/limits'],
  ...['protocol/unreleased', 'protocol/unread-answers'],
  ...['native/binary', 'mosquitto/connect', 'mosquitto/loop-start'],
];
const words = process.argv.slice(2);

await main(() => testBesides('static-posix', words.length > 0 ? words : concerned));
