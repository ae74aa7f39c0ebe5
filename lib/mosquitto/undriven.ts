// Warns of clients that connect and that no loop drives, once for the process. This is the most frequent mistake of a first
// program: no packet is read or written, no callback runs, and there is no other sign of the reason.

const DELAY_MS = 5000;
// Most clients get their loop within this time. Each client without a loop then costs a WeakRef.
const GRACE_MS = 100;
// The list `begun` is filtered whenever it doubles, and not below this length. The timer alone is not enough: a program may
// connect client after client without returning to the event loop.
const LEAST_FILTERED = 64;

/** The part of a client that shows whether a loop has driven it. */
export interface Driven {
  open: boolean;
  driven: boolean;
}

/** Clients that connected within the last GRACE_MS. */
let begun: Driven[] = [];
let most_begun = LEAST_FILTERED;
let timer_runs = false;
/** Clients that no loop drove within GRACE_MS, in groups that connected together. */
const watched = new Set<ReadonlyArray<WeakRef<Driven>>>();
let warned = false;

/** Watches a client that connects. A loop that drives it within five seconds ends the watch without a warning. */
export function expect_loop(client: Driven): void {
  if (client.driven || warned) return;
  if (begun.length >= most_begun) drop_driven();
  begun.push(client);
  if (timer_runs) return;
  timer_runs = true;
  setTimeout(watch_undriven, GRACE_MS).unref();
  // The timers do not keep the process alive, so a process without other work ends before them.
  process.removeListener('beforeExit', check_all);
  process.once('beforeExit', check_all);
}

function is_undriven(client: Driven | undefined): boolean {
  return client?.open === true && !client.driven;
}

function drop_driven(): void {
  begun = begun.filter(is_undriven);
  most_begun = Math.max(LEAST_FILTERED, 2 * begun.length);
}

function watch_undriven(): void {
  drop_driven();
  const group = begun.map((client) => new WeakRef(client));
  begun = [];
  timer_runs = false;
  if (group.length === 0) return;
  watched.add(group);
  setTimeout(check, DELAY_MS - GRACE_MS, group).unref();
}

function check_all(): void {
  watch_undriven();
  for (const group of watched) check(group);
}

function check(group: ReadonlyArray<WeakRef<Driven>>): void {
  watched.delete(group);
  if (warned || !group.some((client) => is_undriven(client.deref()))) return;
  warned = true;
  process.emitWarning('A client connects, but no loop drives it: no message moves and no callback runs.', {
    type: 'MosquittoWarning',
    code: 'LIBMOSQUITTO_NO_LOOP',
    detail: 'Call loop_start() after connect(), or call loop() repeatedly.',
  });
}
