// The driver of u8-mqtt.

import { readFileSync } from 'node:fs';
import { type Connection, type Driver, fail, type Handlers, type Target } from '../driver';
import { requireRival } from '../rivals';

interface Packet {
  topic: string;
  payload: Uint8Array;
}

/** The part of u8-mqtt that this driver uses: the package has no types. */
interface U8Client {
  with_tcp(port: number, host: string): U8Client;
  with_tls(port: number, host: string, options: object): U8Client;
  on_topic(route: string, handler: (packet: Packet) => void): U8Client;
  connect(): Promise<unknown>;
  subscribe(topics: Array<[topic: string, qos: number]>): Promise<unknown>;
  pub(packet: { topic: string; payload: Uint8Array; qos: number }): Promise<unknown>;
}

const { mqtt_v4 } = requireRival('u8-mqtt') as { mqtt_v4(options: object): U8Client };

// u8-mqtt's promise for QoS 0 resolves before the socket is written. Without a turn of the event loop nothing would be sent.
class AfterTurn {
  readonly #published: () => void;
  #waiting = 0;

  constructor(published: () => void) {
    this.#published = published;
  }

  readonly one = (): void => {
    if (this.#waiting++ === 0) setImmediate(this.#all);
  };

  readonly #all = (): void => {
    const count = this.#waiting;
    this.#waiting = 0;
    for (let i = 0; i < count; i++) this.#published();
  };
}

async function open(target: Target, handlers: Handlers): Promise<Connection> {
  const client = mqtt_v4({ log_conn: () => undefined, on_disconnect: () => fail('the connection broke') });
  if (target.ca === null) client.with_tcp(target.port, target.host);
  else client.with_tls(target.port, target.host, { ca: readFileSync(target.ca) });
  client.on_topic('*', ({ topic, payload }) => {
    handlers.message(topic, Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength));
  });
  const published = (): void => {
    handlers.published();
  };
  const { one: written } = new AfterTurn(published);
  await client.connect();
  return {
    subscribe: async (filter, qos) => {
      await client.subscribe([[filter, qos]]);
    },
    publish: (topic, payload, qos) => {
      client.pub({ topic, payload, qos }).then(qos === 0 ? written : published, fail);
    },
  };
}

export const u8Mqtt: Driver = { open };
