// Shows a growing number on one line of the terminal. It prints nothing if the output is not a terminal.

const INTERVAL_MS = 100;
const WIDTH = 30;

export class Progress {
  readonly #label: string;
  readonly #total: number;
  readonly #count: () => number;
  readonly #began = performance.now();
  readonly #timer: NodeJS.Timeout | undefined;

  constructor(label: string, total: number, count: () => number) {
    this.#label = label;
    this.#total = total;
    this.#count = count;
    if (process.stdout.isTTY) this.#timer = setInterval(() => this.#draw(), INTERVAL_MS);
  }

  #draw(): void {
    const count = this.#count();
    const filled = Math.floor((WIDTH * count) / this.#total);
    const bar = '#'.repeat(filled).padEnd(WIDTH, '.');
    const rate = Math.round((count * 1000) / (performance.now() - this.#began));
    process.stdout.write(`\r\x1b[K${this.#label} [${bar}] ${count}/${this.#total}, ${rate}/s`);
  }

  /** Removes the line. */
  [Symbol.dispose](): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    process.stdout.write('\r\x1b[K');
  }
}
