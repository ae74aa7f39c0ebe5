// The commonest mistake of a first program: connect(), and no loop. Nothing then reads or writes the socket, no callback
// ever runs, and nothing says why. A warning does, once for the process.

const DELAY_MS = 5000;
// Most clients get their loop within this time. Each of the others costs a WeakRef.
const GRACE_MS = 100;

/** The part of a client that tells whether a loop has driven it. */
export interface Driven {
  open: boolean;
  driven: boolean;
}

/** Those that connected lately. */
let begun: Driven[] = [];
/** Those that no loop drove in time. */
let watched: Array<WeakRef<Driven>> = [];
let warned = false;

/** Watches a client that connects; a loop that drives it within five seconds ends the watch without a warning. */
export function expect_loop(client: Driven): void {
  if (client.driven || warned) return;
  begun.push(client);
  if (begun.length > 1) return;
  setTimeout(sift, GRACE_MS).unref();
  // A process that has nothing else to do ends before the timers, which do not keep it alive.
  process.removeListener('beforeExit', look);
  process.once('beforeExit', look);
}

function sift(): void {
  const begins = watched.length === 0;
  for (const client of begun) if (is_undriven(client)) watched.push(new WeakRef(client));
  begun = [];
  if (begins && watched.length > 0) setTimeout(look, DELAY_MS - GRACE_MS).unref();
}

function is_undriven(client: Driven | undefined): boolean {
  return client?.open === true && !client.driven;
}

function look(): void {
  sift();
  const found = watched.some((client) => is_undriven(client.deref()));
  watched = [];
  if (!found || warned) return;
  warned = true;
  process.emitWarning('A client connects, but no loop drives it: no message moves and no callback runs.', {
    type: 'MosquittoWarning',
    code: 'LIBMOSQUITTO_NO_LOOP',
    detail: 'Call loop_start() after connect(), or loop() again and again.',
  });
}
