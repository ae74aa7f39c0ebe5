// npm run test:posix [-- WORD...]: tests the portable code that Linux does not need, on an addon that uses that code: sockets,
// files for certificates, and, as on macOS, library calls that the preprocessor renames instead of the linker's wraps. The
// addon also writes payloads only from the queue, as on Windows.
import { main } from './lib/log.mjs';
import { testBesides } from './lib/test-besides.mjs';

const concerned = [
  ...['tls/', 'transports/', 'mqtt5/', 'protocol/before-connack', 'protocol/limits'],
  ...['protocol/unreleased', 'protocol/unread-answers'],
  ...['native/binary', 'mosquitto/connect', 'mosquitto/loop-start'],
];
const words = process.argv.slice(2);

await main(() => testBesides('static-posix', words.length > 0 ? words : concerned));
