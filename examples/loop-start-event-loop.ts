// loop_start({ thread: false }): Node's own event loop drives the client, without a thread.
//   node loop-start-event-loop.js [host] [port]
import { Mosquitto } from 'libmosquitto';

const [host = 'localhost', port = '1883'] = process.argv.slice(2);
process.exitCode = 1; // until the message has come back
setTimeout(() => process.exit(1), 30_000).unref();

const client = new Mosquitto('example-event-loop');

client.on_connect = (mosq) => {
  console.log('on_connect');
  mosq.subscribe('example/event-loop', 1);
};
client.on_subscribe = (mosq) => {
  mosq.publish('example/event-loop', 'carried by the event loop', 1);
};
client.on_message = (mosq, _obj, msg) => {
  console.log(`on_message: ${msg.payload}`);
  process.exitCode = 0;
  mosq.disconnect();
};
client.on_disconnect = (mosq, _obj, rc) => {
  console.log(`on_disconnect: ${rc}`);
  mosq.loop_stop();
};

client.connect(host, Number(port));
client.loop_start({ thread: false });
