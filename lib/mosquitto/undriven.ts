// The commonest mistake of a first program: connect(), and no loop. Nothing then reads or writes the socket, no callback
// ever runs, and nothing says why. A warning does, once for the process.

const DELAY_MS = 5000;
// Most clients get their loop within this time. Each of the others costs a WeakRef.
const GRACE_MS = 100;
// A program may connect client after client without returning to the event loop.
const LEAST_SIFTED = 64;

/** The part of a client that tells whether a loop has driven it. */
export interface Driven {
  open: boolean;
  driven: boolean;
}

/** Clients that connected within the last GRACE_MS. */
let begun: Driven[] = [];
let most_begun = LEAST_SIFTED;
let sifts = false;
/** Clients that no loop drove within GRACE_MS, in groups that connected together. */
const watched = new Set<ReadonlyArray<WeakRef<Driven>>>();
let warned = false;

/** Watches a client that connects; a loop that drives it within five seconds ends the watch without a warning. */
export function expect_loop(client: Driven): void {
  if (client.driven || warned) return;
  if (begun.length >= most_begun) keep_undriven();
  begun.push(client);
  if (sifts) return;
  sifts = true;
  setTimeout(sift, GRACE_MS).unref();
  // A process that has nothing else to do ends before the timers, which do not keep it alive.
  process.removeListener('beforeExit', look_at_all);
  process.once('beforeExit', look_at_all);
}

function is_undriven(client: Driven | undefined): boolean {
  return client?.open === true && !client.driven;
}

function keep_undriven(): void {
  begun = begun.filter(is_undriven);
  most_begun = Math.max(LEAST_SIFTED, 2 * begun.length);
}

function sift(): void {
  keep_undriven();
  const group = begun.map((client) => new WeakRef(client));
  begun = [];
  sifts = false;
  if (group.length === 0) return;
  watched.add(group);
  setTimeout(look_at, DELAY_MS - GRACE_MS, group).unref();
}

function look_at_all(): void {
  sift();
  for (const group of watched) look_at(group);
}

function look_at(group: ReadonlyArray<WeakRef<Driven>>): void {
  watched.delete(group);
  if (warned || !group.some((client) => is_undriven(client.deref()))) return;
  warned = true;
  process.emitWarning('A client connects, but no loop drives it: no message moves and no callback runs.', {
    type: 'MosquittoWarning',
    code: 'LIBMOSQUITTO_NO_LOOP',
    detail: 'Call loop_start() after connect(), or loop() again and again.',
  });
}
