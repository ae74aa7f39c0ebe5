// The drivers of this package: one for each drive mode.

import { MOSQ_OPT_TCP_NODELAY, Mosquitto } from 'libmosquitto';
import { type Connection, type Driver, fail, type Handlers, type Target } from '../driver';

type Mode = 'loop' | 'event-loop' | 'thread';

// loop() is for programs that do nothing else. The promises and timers of this program run after this number of calls.
const TURN_MS = 2;

function must(rc: number, what: string): void {
  if (rc !== 0) fail(`${what}: MOSQ_ERR ${rc}`);
}

function keepLooping(client: Mosquitto): void {
  const turn = (): void => {
    const end = performance.now() + TURN_MS;
    do must(client.loop(1), 'loop');
    while (performance.now() < end);
    setImmediate(turn);
  };
  turn();
}

class OurConnection implements Connection {
  readonly #client: Mosquitto;

  constructor(client: Mosquitto) {
    this.#client = client;
  }

  subscribe(filter: string, qos: 0 | 1 | 2): Promise<void> {
    const granted = new Promise<void>((resolve) => {
      this.#client.on_subscribe = () => {
        resolve();
      };
    });
    must(this.#client.subscribe(filter, qos), 'subscribe');
    return granted;
  }

  publish(topic: string, payload: Buffer, qos: 0 | 1 | 2): void {
    must(this.#client.publish(topic, payload, qos), 'publish');
  }
}

function open(mode: Mode, target: Target, handlers: Handlers): Promise<Connection> {
  const client = new Mosquitto();
  client.on_message = (_mosq, _obj, message) => {
    handlers.message(message.topic, message.payload);
  };
  client.on_publish = () => {
    handlers.published();
  };
  client.on_disconnect = (_mosq, _obj, rc) => fail(`the connection broke: MOSQ_ERR ${rc}`);
  must(client.int_option(MOSQ_OPT_TCP_NODELAY, 1), 'TCP_NODELAY');
  must(client.max_inflight_messages_set(target.outstanding), 'max_inflight_messages_set');
  if (target.ca !== null) must(client.tls_set(target.ca), 'tls_set');
  const connected = new Promise<Connection>((resolve) => {
    client.on_connect = (_mosq, _obj, rc) => {
      must(rc, 'CONNACK');
      resolve(new OurConnection(client));
    };
  });
  if (mode === 'loop') {
    must(client.connect(target.host, target.port), 'connect');
    keepLooping(client);
  } else {
    must(client.connect_async(target.host, target.port), 'connect_async');
    must(client.loop_start({ thread: mode === 'thread' }), 'loop_start');
  }
  return connected;
}

export function ours(mode: Mode): Driver {
  return { open: (target, handlers) => open(mode, target, handlers) };
}
