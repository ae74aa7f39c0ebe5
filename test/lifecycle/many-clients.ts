import { setImmediate as turn } from 'node:timers/promises';
import { Mosquitto } from 'libmosquitto';
import type { Mode } from '../support/drive';
import { disconnectFrom } from '../support/traffic';
import { until } from '../support/wait';

/** Many clients of one broker, driven in the same way, for effects that are visible only in their sum. */
export class ManyClients {
  readonly #clients: Mosquitto[] = [];
  #pump: Promise<void> | null = null;
  #going = true;

  constructor(
    readonly port: number,
    readonly mode: Mode,
  ) {}

  /** Adds `count` connected clients. */
  async connect(count: number): Promise<void> {
    const goal = this.#clients.length + count;
    let connected = this.#clients.length;
    while (this.#clients.length < goal) {
      const client = new Mosquitto();
      client.on_connect = () => {
        connected++;
      };
      client.connect_async('127.0.0.1', this.port);
      if (this.mode !== 'loop') client.loop_start({ thread: this.mode === 'thread' });
      this.#clients.push(client);
    }
    if (this.mode === 'loop') this.#pump ??= this.#loop();
    await until(() => connected === goal, 'all on_connect');
  }

  async disconnect(): Promise<void> {
    await Promise.all(this.#clients.map((client) => disconnectFrom(client)));
    this.#going = false;
    await this.#pump;
    for (const client of this.#clients) client.destroy();
  }

  /** The clients connect one after the other, so that none of them blocks in loop(). */
  async #loop(): Promise<void> {
    while (this.#going) {
      for (const client of this.#clients) client.loop(0);
      await turn();
    }
  }
}
