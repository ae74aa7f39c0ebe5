// Handlers for single filters: they get the messages that match, and on_message gets the others.
//   node message-callbacks.js [host] [port]
import { Mosquitto } from 'libmosquitto';

const [host = 'localhost', port = '1883'] = process.argv.slice(2);
process.exitCode = 1; // until each handler has had its message
setTimeout(() => process.exit(1), 30_000).unref();

const client = new Mosquitto('example-message-callbacks');
const seen = new Set<string>();

client.message_callback_add('example/handlers/+/temperature', (_mosq, _obj, msg) => {
  console.log(`temperature: ${msg.topic}: ${msg.payload}`);
  seen.add('temperature');
});
client.message_callback_add('example/handlers/kitchen/#', (_mosq, _obj, msg) => {
  console.log(`kitchen: ${msg.topic}: ${msg.payload}`);
  seen.add('kitchen');
});
client.on_message = (mosq, _obj, msg) => {
  console.log(`the rest: ${msg.topic}: ${msg.payload}`);
  if (seen.size === 2) process.exitCode = 0;
  mosq.message_callback_remove('example/handlers/kitchen/#');
  mosq.disconnect();
};

client.on_connect = (mosq) => {
  // The handlers decide who handles a message; subscribe() decides which messages arrive. Several filters are one
  // packet.
  mosq.subscribe(['example/handlers/#', 'example/other'], 1);
};
client.on_subscribe = (mosq) => {
  mosq.publish('example/handlers/kitchen/temperature', '21.5', 1); // both
  mosq.publish('example/handlers/kitchen/light', 'on', 1);
  mosq.publish('example/handlers/cellar/temperature', '12', 1);
  mosq.publish('example/other', 'hello', 1);
};
client.on_disconnect = (mosq) => {
  mosq.loop_stop();
};

client.connect(host, Number(port));
client.loop_start();
