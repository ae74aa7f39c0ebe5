// Retained messages: the broker stores the last one of a topic, and sends it to later subscribers.
//   node retain.js [host] [port]
import { Mosquitto } from 'libmosquitto';

const [host = 'localhost', port = '1883'] = process.argv.slice(2);
process.exitCode = 1; // until the retained message has arrived, and is removed again
setTimeout(() => process.exit(1), 30_000).unref();

const client = new Mosquitto('example-retain');
let removal = 0;

client.on_connect = (mosq) => {
  mosq.publish('example/retain', 'the last known value', 1, true);
};
client.on_publish = (mosq, _obj, mid) => {
  if (mid === removal) {
    console.log('removed');
    process.exitCode = 0;
    mosq.disconnect();
  } else {
    console.log('the broker stores it; subscribing');
    mosq.subscribe('example/retain', 1);
  }
};
client.on_message = (mosq, _obj, msg) => {
  if (!msg.retain) return; // our own removal, which comes back as an ordinary message
  console.log(`on_message: ${msg.payload} (retain ${msg.retain})`);
  mosq.publish(msg.topic, null, 1, true); // a zero-length retained message removes the stored one
  removal = mosq.last_mid;
};
client.on_disconnect = (mosq) => {
  mosq.loop_stop();
};

client.connect(host, Number(port));
client.loop_start();
