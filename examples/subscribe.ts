// Subscribes with wildcards, and unsubscribes.
//   node subscribe.js [host] [port]
import { Mosquitto, topic_matches_sub } from 'libmosquitto';

const [host = 'localhost', port = '1883'] = process.argv.slice(2);
process.exitCode = 1; // until one message has arrived, and none after unsubscribing
setTimeout(() => process.exit(1), 30_000).unref();

const filter = 'example/+/temperature'; // + is one level, # is all following levels
const topic = 'example/kitchen/temperature';
console.log(`${filter} matches ${topic}: ${topic_matches_sub(filter, topic)}`);

const client = new Mosquitto('example-subscribe');
let received = 0;
let last = 0;

client.on_connect = (mosq) => {
  // A subscription in on_connect, and not once after connect(), is repeated after each reconnection.
  mosq.subscribe(filter, 1);
  console.log(`subscribe: mid ${mosq.last_mid}`);
};
client.on_subscribe = (mosq, _obj, mid, qos_list) => {
  console.log(`on_subscribe: mid ${mid}, granted QoS ${qos_list.join(', ')}`); // 128: refused
  mosq.publish(topic, '21.5', 1);
};
client.on_message = (mosq, _obj, msg) => {
  received += 1;
  console.log(`on_message: mid ${msg.mid}, ${msg.topic}, "${msg.payload}", QoS ${msg.qos}, retain ${msg.retain}`);
  mosq.unsubscribe(filter);
  console.log(`unsubscribe: mid ${mosq.last_mid}`);
};
client.on_unsubscribe = (mosq, _obj, mid) => {
  console.log(`on_unsubscribe: mid ${mid}`);
  mosq.publish(topic, 'nobody listens', 1);
  last = mosq.last_mid;
};
client.on_publish = (mosq, _obj, mid) => {
  if (mid !== last) return;
  console.log(`received ${received}`);
  process.exitCode = received === 1 ? 0 : 1;
  mosq.disconnect();
};
client.on_disconnect = (mosq) => {
  mosq.loop_stop();
};

client.connect(host, Number(port));
client.loop_start();
