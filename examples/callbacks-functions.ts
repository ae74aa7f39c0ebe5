// Callbacks as functions. A program may set, replace and remove them at any time, from inside a callback too.
//   node callbacks-functions.js [host] [port]
import { MOSQ_LOG_DEBUG, Mosquitto, type MosquittoMessage } from 'libmosquitto';

const [host = 'localhost', port = '1883'] = process.argv.slice(2);
process.exitCode = 1; // until both handlers have had their message
setTimeout(() => process.exit(1), 30_000).unref();

interface Seen {
  messages: string[];
}
type Client = Mosquitto<Seen>;

function on_connect(mosq: Client, _obj: Seen, rc: number): void {
  console.log(`on_connect: rc ${rc}`);
  mosq.subscribe('example/callbacks', 0);
}

function on_subscribe(mosq: Client, _obj: Seen, mid: number, qos_list: number[]): void {
  console.log(`on_subscribe: mid ${mid}, granted QoS ${qos_list.join(', ')}`);
  mosq.publish('example/callbacks', 'first');
}

function on_publish(_mosq: Client, _obj: Seen, mid: number): void {
  console.log(`on_publish: mid ${mid}`);
}

function on_first_message(mosq: Client, obj: Seen, msg: MosquittoMessage): void {
  console.log(`on_first_message: ${msg.payload}`);
  obj.messages.push(`${msg.payload}`);
  mosq.on_message = on_later_message; // from the next message on
  mosq.on_publish = null; // no more of these
  mosq.publish('example/callbacks', 'second');
}

function on_later_message(mosq: Client, obj: Seen, msg: MosquittoMessage): void {
  console.log(`on_later_message: ${msg.payload}`);
  obj.messages.push(`${msg.payload}`);
  mosq.unsubscribe('example/callbacks');
}

function on_unsubscribe(mosq: Client, _obj: Seen, mid: number): void {
  console.log(`on_unsubscribe: mid ${mid}`);
  mosq.disconnect();
}

function on_disconnect(mosq: Client, obj: Seen, rc: number): void {
  console.log(`on_disconnect: rc ${rc}`);
  mosq.loop_stop();
  if (rc === 0 && obj.messages.join() === 'first,second') process.exitCode = 0;
}

function on_log(_mosq: Client, _obj: Seen, level: number, text: string): void {
  if (level === MOSQ_LOG_DEBUG) console.log(`on_log: ${text}`);
}

const client = new Mosquitto<Seen>('example-callbacks', true, { messages: [] });
client.on_connect = on_connect;
client.on_disconnect = on_disconnect;
client.on_subscribe = on_subscribe;
client.on_unsubscribe = on_unsubscribe;
client.on_publish = on_publish;
client.on_message = on_first_message;
client.on_log = on_log;

client.connect(host, Number(port));
client.loop_start();
