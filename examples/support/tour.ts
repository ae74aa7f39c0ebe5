// The demo's first part: one client sends one message of each kind, and every callback is printed.
import {
  connack_string,
  MOSQ_ERR_SUCCESS,
  Mosquitto,
  type MosquittoMessage,
  type Payload,
  strerror,
} from 'libmosquitto';
import { until } from './until';

interface Sample {
  topic: string;
  payload: Payload;
  qos: 0 | 1 | 2;
  bytes: Buffer; // the payload that has to come back
}

const numbers = new Float64Array([21.5, -40]);
const samples: Sample[] = [
  { topic: 'demo/text/0', payload: 'text at QoS 0', qos: 0, bytes: Buffer.from('text at QoS 0') },
  { topic: 'demo/text/1', payload: 'text at QoS 1', qos: 1, bytes: Buffer.from('text at QoS 1') },
  { topic: 'demo/text/2', payload: '21 °C at QoS 2', qos: 2, bytes: Buffer.from('21 °C at QoS 2') },
  { topic: 'demo/binary', payload: Buffer.from([0, 1, 254, 255]), qos: 1, bytes: Buffer.from([0, 1, 254, 255]) },
  { topic: 'demo/numbers', payload: numbers, qos: 2, bytes: Buffer.from(numbers.buffer) },
  { topic: 'demo/empty', payload: null, qos: 1, bytes: Buffer.alloc(0) },
];
const RETAINED = 'demo/retained';

export async function tour(host: string, port: number): Promise<void> {
  using client = new Mosquitto('demo-tour', true, { name: 'tour' });
  const state = { connected: false, disconnected: false, granted: 0, unsubscribed: false };
  const published = new Set<number>();
  const received: MosquittoMessage[] = [];

  client.on_connect = (_mosq, obj, rc) => {
    console.log(`  on_connect     rc ${rc} (${connack_string(rc)}), obj ${JSON.stringify(obj)}`);
    state.connected = rc === 0;
  };
  client.on_subscribe = (_mosq, _obj, mid, qos_list) => {
    console.log(`  on_subscribe   mid ${mid}, granted QoS ${qos_list.join(', ')}`);
    state.granted += 1;
  };
  client.on_publish = (_mosq, _obj, mid) => {
    console.log(`  on_publish     mid ${mid}`);
    published.add(mid);
  };
  client.on_message = (_mosq, _obj, msg) => {
    console.log(
      `  on_message     mid ${msg.mid}, ${msg.topic}, QoS ${msg.qos}, retain ${msg.retain}: ${show(msg.payload)}`,
    );
    received.push(msg);
  };
  client.on_unsubscribe = (_mosq, _obj, mid) => {
    console.log(`  on_unsubscribe mid ${mid}`);
    state.unsubscribed = true;
  };
  client.on_disconnect = (_mosq, _obj, rc) => {
    console.log(`  on_disconnect  rc ${rc}`);
    state.disconnected = rc === 0;
  };

  async function publish(topic: string, payload: Payload, qos: 0 | 1 | 2, retain: boolean): Promise<void> {
    check('publish', client.publish(topic, payload, qos, retain));
    const mid = client.last_mid;
    console.log(`publish ${topic}, QoS ${qos}${retain ? ', retain' : ''}: mid ${mid}`);
    await until(`on_publish of mid ${mid}`, () => published.has(mid));
  }

  console.log(`connect ${host}:${port}`);
  const rc = client.connect(host, port, 60);
  if (rc !== MOSQ_ERR_SUCCESS) throw new Error(`connect: ${rc}, ${client.last_error}`);
  check('loop_start', client.loop_start());
  await until('on_connect', () => state.connected);

  await publish(RETAINED, 'kept by the broker', 1, true);

  console.log('subscribe demo/#, QoS 2');
  check('subscribe', client.subscribe('demo/#', 2));
  await until('on_subscribe', () => state.granted === 1);
  await until('the retained message', () => received.length === 1);
  expectMessage(received[0], RETAINED, Buffer.from('kept by the broker'), 1, true);

  for (const [index, { topic, payload, qos, bytes }] of samples.entries()) {
    await publish(topic, payload, qos, false);
    await until(`the message on ${topic}`, () => received.length === index + 2);
    expectMessage(received[index + 1], topic, bytes, qos, false);
  }

  console.log('unsubscribe demo/#');
  check('unsubscribe', client.unsubscribe('demo/#'));
  await until('on_unsubscribe', () => state.unsubscribed);
  await publish(RETAINED, null, 1, true); // removes the retained message

  console.log('disconnect');
  check('disconnect', client.disconnect());
  await until('on_disconnect', () => state.disconnected);
  check('loop_stop', client.loop_stop());
  if (received.length !== samples.length + 1) throw new Error(`${received.length} messages came`);
}

function check(what: string, rc: number): void {
  if (rc !== MOSQ_ERR_SUCCESS) throw new Error(`${what}: ${rc} (${strerror(rc)})`);
}

function expectMessage(
  msg: MosquittoMessage | undefined,
  topic: string,
  bytes: Buffer,
  qos: number,
  retain: boolean,
): void {
  const right = msg?.topic === topic && msg.payload.equals(bytes) && msg.qos === qos && msg.retain === retain;
  if (!right) throw new Error(`the message on ${topic} is not what was published`);
}

function show(payload: Buffer): string {
  if (payload.length === 0) return 'no bytes';
  const text = payload.toString('utf8');
  const printable = Buffer.from(text, 'utf8').equals(payload) && !/\p{Cc}/u.test(text);
  return printable ? `"${text}"` : `<${payload.toString('hex')}>`;
}
