// connect_async() connects without blocking: the loop connects, and tries again until it succeeds.
//   node connect-async.js [host] [port]
import { connack_string, MOSQ_LOG_WARNING, Mosquitto } from 'libmosquitto';

const [host = 'localhost', port = '1883'] = process.argv.slice(2);
process.exitCode = 1; // until the broker has confirmed the disconnection
setTimeout(() => process.exit(1), 30_000).unref();

const client = new Mosquitto('example-connect-async');

client.on_connect = (mosq, _obj, rc) => {
  console.log(`on_connect: ${rc} (${connack_string(rc)})`);
  mosq.disconnect();
};
client.on_disconnect = (mosq, _obj, rc) => {
  console.log(`on_disconnect: ${rc}`);
  mosq.loop_stop();
  process.exitCode = rc;
};
// A failed attempt is a warning, with the reason and the time until the next attempt.
client.on_log = (_mosq, _obj, level, text) => {
  if (level === MOSQ_LOG_WARNING) console.log(`on_log: ${text}`);
};

client.loop_start(); // before or after connect_async()
console.log(`connect_async: ${client.connect_async(host, Number(port))}`);
