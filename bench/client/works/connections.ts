import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Connection, Driver } from '../driver';
import type { Options } from '../options';
import { cpuSeconds } from '../usage';

// The process has this time to free the remains of the last connections before its memory is measured.
const SETTLE_MS = 300;

function resident(collect: () => void): number {
  collect();
  return process.memoryUsage.rss();
}

/** Measures connections: opens many in one process, with a limited number of attempts at a time. */
export async function connections(driver: Driver, options: Options): Promise<object> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const before = resident(collect);
  const begun = performance.now();
  const begunCpu = cpuSeconds();
  const open: Connection[] = [];
  let asked = 0;
  const worker = async (): Promise<void> => {
    while (asked < options.connections) {
      asked++;
      open.push(await driver.open(options, { message: () => undefined, published: () => undefined }));
    }
  };
  await Promise.all(Array.from({ length: options.outstanding }, worker));
  const seconds = (performance.now() - begun) / 1000;
  const cpu = cpuSeconds() - begunCpu;
  await sleep(SETTLE_MS);
  const bytesEach = (resident(collect) - before) / open.length;
  return { connections: open.length, seconds, cpuSeconds: cpu, bytesEach };
}
