import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { Mosquitto } from 'libmosquitto';
import { FuzzBroker } from './broker';
import { attempt, expecting, isExpected, prepare, setCallbacks, start, type Target } from './calls';
import { exchangeBoth } from './correct';
import { Random } from './random';

// node session.js SEED COUNT: plays so many random sessions, one after the other, each with the next seed. The broker
// of every eighth session makes no mistakes, and all of its messages are checked. scripts/fuzz/session.mjs runs this,
// watches for hangs by the lines that it prints, and reads the sanitizers' reports.

const CALLS = 120;

/** Calls loop(), or the functions for a loop of the caller's own, until it is told to stop. */
function pump(client: Mosquitto, target: Target, random: Random): () => Promise<void> {
  let going = true;
  const step = (): void => {
    if (target.mode === 'loop') {
      if (client.loop(random.below(2), 1) !== 0 && random.once(10)) client.reconnect();
    } else if (client.socket() >= 0) {
      client.loop_read(1 + random.below(3));
      if (client.want_write()) client.loop_write(1);
      if (random.once(20)) client.loop_misc();
    } else if (random.once(10)) {
      client.reconnect();
    }
  };
  const finished = (async () => {
    while (going) {
      expecting(step);
      await turn();
    }
  })();
  return () => {
    going = false;
    return finished;
  };
}

async function play(seed: number): Promise<void> {
  const random = new Random(seed);
  const correct = seed % 8 === 0;
  const version = random.of([3, 4, 4, 5, 5] as const);
  const transport = random.of(['tcp', 'tcp', 'tcp', 'websocket', 'socks'] as const);
  const broker = new FuzzBroker(random, { version, transport, correct });
  const port = await broker.listen();
  const mode = random.of(['loop', 'event loop', 'thread', 'thread', 'hand'] as const);
  const target: Target = { port, version, transport, mode };
  const client = new Mosquitto('fuzz', correct || random.once(2));
  prepare(client, target);
  if (!correct) setCallbacks(client, target, random);
  expecting(() => {
    start(client, target);
    client.connect('127.0.0.1', port);
  });
  const stop = mode === 'loop' || mode === 'hand' ? pump(client, target, random) : null;
  try {
    if (correct) {
      await exchangeBoth(client, broker, random);
    } else {
      for (let i = 0; i < CALLS; i++) {
        attempt(client, target, random);
        if (random.once(6)) broker.interfere();
        if (random.once(2)) await turn();
        if (random.once(15)) await new Promise((resolve) => setTimeout(resolve, random.below(8)));
      }
    }
  } finally {
    await stop?.();
    client.destroy();
    await broker.close();
  }
}

// Without loop() the errors of handlers arrive here.
process.on('uncaughtException', (error) => {
  if (isExpected(error)) return;
  process.stderr.write(`uncaught: ${error.stack ?? String(error)}\n`);
  process.exit(3);
});

async function main(): Promise<void> {
  const [first = 1, count = 1] = process.argv.slice(2).map(Number);
  for (let seed = first; seed < first + count; seed++) {
    process.stdout.write(`session ${seed}\n`);
    await play(seed);
    // Frees clients that nobody refers to during the run, and not only at its end.
    globalThis.gc?.();
  }
  process.stdout.write('done\n');
  if (process.stdout.writableLength > 0) await once(process.stdout, 'drain');
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(3);
});
