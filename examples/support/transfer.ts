// The demo's second part: one client sends messages through the broker to another, and each message is counted.
import { MOSQ_ERR_SUCCESS, Mosquitto, strerror } from 'libmosquitto';
import { Progress } from './progress';
import { until } from './until';

const TOPIC = 'demo/transfer';
const PAYLOAD_BYTES = 100;
// The number of unconfirmed messages at one time. QoS 0 has no acknowledgement, and a broker drops messages for a
// reader that is too slow, so the sender counts the messages that have arrived. QoS 1 and 2 cost less with fewer
// messages in flight.
const WINDOW = { 0: 2000, 1: 200, 2: 200 } as const;

export interface Transfer {
  seconds: number;
  lost: number;
}

export async function transfer(host: string, port: number, count: number, qos: 0 | 1 | 2): Promise<Transfer> {
  using receiver = new Mosquitto('demo-receiver');
  using sender = new Mosquitto('demo-sender');
  const payload = Buffer.alloc(PAYLOAD_BYTES);
  const window = WINDOW[qos];
  let ready = 0; // the number of the two clients that are ready
  let gone = 0; // the number that have disconnected
  let sent = 0;
  let expected = 0; // the next expected sequence number
  let lost = 0;
  let failure: Error | null = null;

  function fill(): void {
    while (sent < count && sent - expected < window && failure === null) {
      payload.writeUInt32LE(sent, 0);
      const rc = sender.publish(TOPIC, payload, qos);
      if (rc !== MOSQ_ERR_SUCCESS) failure = new Error(`publish: ${rc} (${strerror(rc)})`);
      else sent += 1;
    }
  }

  async function wait(what: string, condition: () => boolean): Promise<void> {
    await until(
      what,
      () => failure !== null || condition(),
      () => expected,
    );
    if (failure !== null) throw failure;
  }

  receiver.on_connect = (mosq) => {
    mosq.subscribe(TOPIC, qos);
  };
  receiver.on_subscribe = () => {
    ready += 1;
  };
  receiver.on_message = (_mosq, _obj, msg) => {
    const sequence = msg.payload.readUInt32LE(0);
    if (sequence < expected) failure = new Error(`message ${sequence} arrived twice or too late`);
    lost += Math.max(0, sequence - expected);
    expected = Math.max(expected, sequence + 1);
    if (sent - expected <= window / 2) fill();
  };
  sender.on_connect = () => {
    ready += 1;
  };

  for (const client of [receiver, sender]) {
    client.on_disconnect = (_mosq, _obj, rc) => {
      if (rc !== 0) failure = new Error(`a connection was lost: ${rc} (${strerror(rc)})`);
      gone += 1;
    };
    const rc = client.connect(host, port);
    if (rc !== MOSQ_ERR_SUCCESS) throw new Error(`connect: ${rc}, ${client.last_error}`);
    client.loop_start();
  }
  await wait('the connection of both clients', () => ready === 2);

  using _progress = new Progress(`  QoS ${qos}`, count, () => expected);
  const began = performance.now();
  fill();
  await wait(`message ${count}`, () => expected >= count);
  const seconds = (performance.now() - began) / 1000;

  sender.disconnect();
  receiver.disconnect();
  await wait('the disconnection of both clients', () => gone === 2);
  return { seconds, lost };
}
