// loop_start(): a background thread drives the client, callbacks run on Node's event loop.
//   node loop-start.js [host] [port]
import { Mosquitto } from 'libmosquitto';

const [host = 'localhost', port = '1883'] = process.argv.slice(2);
process.exitCode = 1; // until the message has come back
setTimeout(() => process.exit(1), 30_000).unref();

const client = new Mosquitto('example-loop-start');

client.on_connect = (mosq) => {
  console.log('on_connect');
  mosq.subscribe('example/loop-start', 1);
};
client.on_subscribe = (mosq) => {
  mosq.publish('example/loop-start', 'carried by the network thread', 1);

  // JavaScript may be busy: meanwhile the thread sends pings and receives messages. Callbacks run later.
  const until = Date.now() + 500;
  while (Date.now() < until);
  console.log('busy for 500 ms');
};
client.on_message = (mosq, _obj, msg) => {
  console.log(`on_message: ${msg.payload}`);
  process.exitCode = 0;
  mosq.disconnect();
};
client.on_disconnect = (mosq, _obj, rc) => {
  console.log(`on_disconnect: ${rc}`);
  mosq.loop_stop(); // the process ends by itself now
};

client.connect(host, Number(port));
client.loop_start();
console.log('loop_start returned at once');
