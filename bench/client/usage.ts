// Measures processor time, and counts the messages after the warm-up.

export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

export interface WindowReport {
  readonly messages: number;
  readonly seconds: number;
  /** User and system time of the whole process. */
  readonly cpuSeconds: number;
}

/** The time in which messages count: it begins after the warm-up. */
export class Window {
  readonly #warmupMs: number;
  /** Time of the first message; 0 before it. */
  #begun = 0;
  #opened = 0;
  #openedCpu = 0;
  #before = 0;
  #seconds = 0;
  #cpuSeconds = 0;

  constructor(warmup: number) {
    this.#warmupMs = warmup * 1000;
  }

  get elapsed(): number {
    return this.#begun === 0 ? 0 : (performance.now() - this.#begun) / 1000;
  }

  /** Call it with every message, and the number of messages before it. It reads the clock for every 64th message. */
  message(messages: number): void {
    if ((messages & 63) === 0) this.#look(messages);
  }

  close(): void {
    this.#seconds = (performance.now() - this.#opened) / 1000;
    this.#cpuSeconds = cpuSeconds() - this.#openedCpu;
  }

  report(messages: number): WindowReport {
    return { messages: messages - this.#before, seconds: this.#seconds, cpuSeconds: this.#cpuSeconds };
  }

  #look(messages: number): void {
    if (this.#begun === 0) {
      this.#open(messages);
      this.#begun = this.#opened;
    } else if (this.#opened === this.#begun && performance.now() - this.#begun >= this.#warmupMs) {
      this.#open(messages);
    }
  }

  #open(messages: number): void {
    this.#opened = performance.now();
    this.#openedCpu = cpuSeconds();
    this.#before = messages;
  }
}
