import { Mosquitto } from 'libmosquitto';
import { disconnectFrom } from '../support/traffic';
import { until } from '../support/wait';

/** Many clients of one broker, driven alike, for what shows in their sum alone. */
export class ManyClients {
  readonly #clients: Mosquitto[] = [];

  constructor(
    readonly port: number,
    readonly mode: 'event loop' | 'thread',
  ) {}

  /** So many more, connected. */
  async connect(count: number): Promise<void> {
    const goal = this.#clients.length + count;
    let connected = this.#clients.length;
    while (this.#clients.length < goal) {
      const client = new Mosquitto();
      client.on_connect = () => {
        connected++;
      };
      client.connect_async('127.0.0.1', this.port);
      client.loop_start({ thread: this.mode === 'thread' });
      this.#clients.push(client);
    }
    await until(() => connected === goal, 'all on_connect');
  }

  async disconnect(): Promise<void> {
    await Promise.all(this.#clients.map((client) => disconnectFrom(client)));
    for (const client of this.#clients) client.destroy();
  }
}
