// The commonest mistake of a first program: connect(), and no loop. Nothing then reads or writes the socket, no callback
// ever runs, and nothing says why. A warning does, once for the process.

const DELAY_MS = 5000;
// A longer list forgets the clients that a loop drives by now: most of them, where there are thousands.
const LEAST_WATCHED = 16;

/** The part of a client that tells whether a loop has driven it. */
export interface Driven {
  open: boolean;
  driven: boolean;
}

let connecting: Array<WeakRef<Driven>> = [];
let most_watched = LEAST_WATCHED;
let watching = false;
let warned = false;

/** Watches a client that connects; a loop that drives it within five seconds ends the watch without a warning. */
export function expect_loop(client: Driven): void {
  if (client.driven || warned) return;
  if (connecting.length >= most_watched) {
    connecting = connecting.filter(is_undriven);
    most_watched = Math.max(LEAST_WATCHED, 2 * connecting.length);
  }
  connecting.push(new WeakRef(client));
  if (watching) return;
  watching = true;
  // A process that has nothing else to do ends before the timer, which does not keep it alive.
  process.once('beforeExit', look);
  setTimeout(look, DELAY_MS).unref();
}

function is_undriven(client: WeakRef<Driven>): boolean {
  const { open, driven } = client.deref() ?? { open: false, driven: false };
  return open && !driven;
}

function look(): void {
  watching = false;
  process.removeListener('beforeExit', look);
  const found = connecting.some(is_undriven);
  connecting = [];
  most_watched = LEAST_WATCHED;
  if (!found || warned) return;
  warned = true;
  process.emitWarning('A client connects, but no loop drives it: no message moves and no callback runs.', {
    type: 'MosquittoWarning',
    code: 'LIBMOSQUITTO_NO_LOOP',
    detail: 'Call loop_start() after connect(), or loop() again and again.',
  });
}
