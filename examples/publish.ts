// Publishes every kind of payload; on_publish shows that the broker has the message.
//   node publish.js [host] [port]
import { MOSQ_ERR_SUCCESS, Mosquitto, type Payload, strerror } from 'libmosquitto';

const [host = 'localhost', port = '1883'] = process.argv.slice(2);
process.exitCode = 1; // until all payloads have come back byte for byte
setTimeout(() => process.exit(1), 30_000).unref();

const bytes = new Uint8Array([0x00, 0x01, 0x7f, 0x80, 0xff]);
const payloads: [what: string, payload: Payload, sent: Buffer][] = [
  ['text', 'twenty-one degrees', Buffer.from('twenty-one degrees')],
  ['text beyond ASCII', '21 °C', Buffer.from('21 °C', 'utf8')],
  ['null: no bytes', null, Buffer.alloc(0)],
  ['Buffer', Buffer.from(bytes), Buffer.from(bytes)],
  ['Uint8Array', bytes, Buffer.from(bytes)],
  ['part of one', bytes.subarray(1, 3), Buffer.from([0x01, 0x7f])],
  ['Float64Array', new Float64Array([21.5]), Buffer.from(new Float64Array([21.5]).buffer)],
  ['DataView', new DataView(bytes.buffer, 4), Buffer.from([0xff])],
  ['ArrayBuffer', bytes.buffer, Buffer.from(bytes)],
];

const client = new Mosquitto('example-publish');
const unconfirmed = new Set<number>();
let received = 0;

function finish(): void {
  if (received < payloads.length || unconfirmed.size > 0) return;
  process.exitCode = 0;
  client.disconnect();
}

client.on_connect = (mosq) => {
  mosq.subscribe('example/publish', 2);
};

client.on_subscribe = (mosq) => {
  for (const [what, payload] of payloads) {
    // Topic, payload, QoS, retain. The bytes are copied: a buffer may be changed as soon as publish() has returned.
    const rc = mosq.publish('example/publish', payload, 2, false);
    if (rc !== MOSQ_ERR_SUCCESS) {
      console.error(`publish: ${strerror(rc)}`);
      process.exit(1);
    }
    console.log(`publish: ${what}: mid ${mosq.last_mid}`);
    unconfirmed.add(mosq.last_mid);
  }
};

// QoS 0: the message was written. QoS 1 and 2: the broker has confirmed it.
client.on_publish = (_mosq, _obj, mid) => {
  console.log(`on_publish: mid ${mid}`);
  unconfirmed.delete(mid);
  finish();
};

client.on_message = (_mosq, _obj, msg) => {
  const expected = payloads[received];
  if (!expected || !msg.payload.equals(expected[2])) {
    console.error(`on_message: not what was sent: <${msg.payload.toString('hex')}>`);
    process.exit(1);
  }
  console.log(`on_message: ${expected[0]}: ${msg.payloadlen} bytes <${msg.payload.toString('hex')}>`);
  received += 1;
  finish();
};

client.on_disconnect = (mosq) => {
  mosq.loop_stop();
};

client.connect(host, Number(port));
client.loop_start();
