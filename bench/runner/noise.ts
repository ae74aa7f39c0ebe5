// Measures how much the other work of the machine may have changed the figures.

import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { metrics } from './metrics';
import { type Results, spreadOf } from './results';

const BUSY_AT_START = 0.1;
const BUSY_WITH_OTHERS = 0.1;
const SPREAD = 0.15;
/** Linux's clock ticks per second, the unit of times in /proc. */
const TICKS = 100;

export interface Noise {
  readonly loadAverage: number;
  /** The share of all processors that was in use before the measurement, and by other programs during it. */
  readonly busyAtStart: number;
  readonly busyWithOthers: number;
  /** Half of the difference between the extremes of the rounds, as a share of the median; the median of all figures. */
  readonly medianSpread: number;
  readonly warnings: readonly string[];
}

function busyMs(): { busy: number; all: number } {
  let busy = 0;
  let all = 0;
  for (const { times } of cpus()) {
    const used = times.user + times.nice + times.sys + times.irq;
    busy += used;
    all += used + times.idle;
  }
  return { busy, all };
}

/** CPU time of this process and of its ended children, in milliseconds. */
function ownMs(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? [];
  const ticks = [11, 12, 13, 14].reduce((sum, i) => sum + Number(fields[i]), 0);
  return (ticks / TICKS) * 1000;
}

/** Measures the other work of the machine. */
export class NoiseMeter {
  readonly #loadAverage = loadavg()[0] ?? 0;
  readonly #busyAtStart: number;
  readonly #begun = busyMs();
  readonly #ownAtStart = ownMs();

  private constructor(busyAtStart: number) {
    this.#busyAtStart = busyAtStart;
  }

  /** Measures the idle machine for a second. */
  static async start(): Promise<NoiseMeter> {
    const before = busyMs();
    await sleep(1000);
    const after = busyMs();
    return new NoiseMeter((after.busy - before.busy) / Math.max(1, after.all - before.all));
  }

  get warningAtStart(): string | null {
    if (this.#busyAtStart < BUSY_AT_START) return null;
    return `the machine is not idle: ${percent(this.#busyAtStart)} of its processors is in use (load ${this.#loadAverage.toFixed(2)})`;
  }

  finish(results: Results): Noise {
    const now = busyMs();
    const others = now.busy - this.#begun.busy - (ownMs() - this.#ownAtStart);
    const busyWithOthers = Math.max(0, others) / Math.max(1, now.all - this.#begun.all);
    const spreads = results.all
      .filter(({ runs }) => runs.length > 1)
      .map((result) => spreadOf(result, metrics[result.one.work][0]))
      .sort((a, b) => a - b);
    const medianSpread = spreads[spreads.length >> 1] ?? 0;
    const warnings = [
      this.warningAtStart,
      busyWithOthers < BUSY_WITH_OTHERS ? null : `other programs took ${percent(busyWithOthers)} of the processors`,
      medianSpread < SPREAD ? null : `rounds differ: by ±${percent(medianSpread)} in the median`,
    ].filter((warning) => warning !== null);
    return {
      loadAverage: this.#loadAverage,
      busyAtStart: this.#busyAtStart,
      busyWithOthers,
      medianSpread,
      warnings,
    };
  }
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

export function printNoise({ warnings }: Noise): string {
  return warnings.length === 0 ? '' : `\nNOISY, do not rely on these figures: ${warnings.join('; ')}.\n`;
}
