// MQTT over WebSockets, and with a CA file over secure WebSockets: needs libmosquitto 2.1.
//   node websockets.js [host] [port] [path] [CA file]
import {
  MOSQ_ERR_NOT_SUPPORTED,
  MOSQ_OPT_HTTP_PATH,
  MOSQ_OPT_TRANSPORT,
  MOSQ_T_WEBSOCKETS,
  Mosquitto,
  strerror,
} from 'libmosquitto';
import { check } from './support/visit';

const [host = 'localhost', port = '8080', path = '/mqtt', cafile] = process.argv.slice(2);

const client = new Mosquitto('example-websockets');
const rc = client.int_option(MOSQ_OPT_TRANSPORT, MOSQ_T_WEBSOCKETS); // before connect()
if (rc === MOSQ_ERR_NOT_SUPPORTED) {
  console.log(`this libmosquitto has no WebSockets: ${rc} (${strerror(rc)})`);
  process.exit(0);
}
check('MOSQ_OPT_TRANSPORT', rc);
check('MOSQ_OPT_HTTP_PATH', client.string_option(MOSQ_OPT_HTTP_PATH, path));
if (cafile !== undefined) check('tls_set', client.tls_set(cafile));

process.exitCode = 1; // until a message has come back
setTimeout(() => process.exit(), 30_000).unref();
client.on_connect = (mosq, _obj, code) => {
  console.log(`on_connect: ${code}, over WebSockets`);
  mosq.subscribe('example/websockets', 1);
};
client.on_subscribe = (mosq) => {
  mosq.publish('example/websockets', 'in a frame', 1);
};
client.on_message = (mosq, _obj, msg) => {
  console.log(`on_message: ${msg.payload}`);
  process.exitCode = 0;
  mosq.disconnect();
};
client.on_disconnect = (mosq, _obj, code) => {
  console.log(`on_disconnect: ${code} (${strerror(code)})`);
  mosq.loop_stop();
};

check('connect', client.connect(host, Number(port)), client);
client.loop_start();
