// npm run fuzz [-- --minutes M] [--seed N] [--only session|tcp|websocket|socks]
//
// Sends the client random input of a broker, a WebSocket server or a SOCKS proxy, under AddressSanitizer and
// UndefinedBehaviorSanitizer, each kind for M minutes (2 by default). After a crash, a hang or a leak it prints the seed that
// repeats the failure, and exits with code 1.
import { parseArgs } from 'node:util';
import { fuzzLibrary, libraryKinds, prepareLibrary } from './fuzz/library.mjs';
import { fuzzSessions } from './fuzz/session.mjs';
import { main, step, UserError } from './lib/log.mjs';
import { inParallel } from './lib/parallel.mjs';

const kinds = /** @type {const} */ (['session', ...libraryKinds]);

await main(async () => {
  const { values } = parseArgs({
    options: { minutes: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' } },
  });
  const minutes = numberOf(values.minutes, 'minutes') ?? 2;
  const seed = numberOf(values.seed, 'seed') ?? 1 + Math.floor(Math.random() * 0x7fffffff);
  const chosen = values.only === undefined ? kinds : kinds.filter((kind) => kind === values.only);
  if (chosen.length === 0) throw new UserError(`--only takes one of ${kinds.join(', ')}`);
  let failed = 0;
  let harness = '';
  /** @param {typeof kinds[number]} kind */
  const fuzz = async (kind) => {
    step(`fuzzing: ${kind}, seed ${seed}, ${minutes} minutes`);
    const code =
      kind === 'session' ? await fuzzSessions(seed, minutes) : await fuzzLibrary(harness, kind, seed, minutes);
    if (code === 0) return;
    step(`fuzzing: ${kind} FAILED; the whole run again: npm run fuzz -- --only ${kind} --seed ${seed}`);
    failed += 1;
  };
  // Sessions use all processors, libFuzzer one.
  if (chosen.includes('session')) await fuzz('session');
  const others = chosen.filter((kind) => kind !== 'session');
  if (others.length > 0) harness = await prepareLibrary();
  await inParallel(others, fuzz);
  return failed === 0 ? 0 : 1;
});

/**
 * @param {string | undefined} text
 * @param {string} name
 */
function numberOf(text, name) {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!(number > 0)) throw new UserError(`--${name} takes a number above 0`);
  return number;
}
