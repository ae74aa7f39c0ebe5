// MQTT 5: properties of a message, reason codes, the broker's limits, a session that outlives the connection.
//   node mqtt5-properties.js [host] [port]
import { MOSQ_OPT_PROTOCOL_VERSION, Mosquitto, MQTT_PROTOCOL_V5, reason_string } from 'libmosquitto';

const [host = 'localhost', port = '1883'] = process.argv.slice(2);
process.exitCode = 1; // until the message came with its properties
setTimeout(() => process.exit(1), 30_000).unref();

const client = new Mosquitto('example-properties');
client.int_option(MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5); // before connect()

client.on_connect = (mosq, _obj, rc, _flags, properties) => {
  console.log(`on_connect: ${rc} (${reason_string(rc)}), topic aliases: ${properties?.['topic-alias-maximum'] ?? 0}`);
  mosq.subscribe('example/properties', 1, 0, { 'subscription-identifier': 7 });
};
client.on_subscribe = (mosq) => {
  mosq.publish('example/properties', '{"celsius":21.5}', 1, false, {
    'content-type': 'application/json',
    'message-expiry-interval': 60, // seconds
    'user-property': [
      ['room', 'kitchen'],
      ['room', 'cellar'], // names may repeat, and keep their order
    ],
  });
};
client.on_message = (mosq, _obj, msg) => {
  const properties = msg.properties ?? {}; // null when there are none
  console.log(`on_message: ${properties['content-type']}: ${msg.payload}`);
  for (const [name, value] of properties['user-property'] ?? []) console.log(`on_message: ${name}: ${value}`);
  console.log(`on_message: subscription ${properties['subscription-identifier']}`);
  if (properties['content-type'] === 'application/json') process.exitCode = 0;
  mosq.publish('example/nobody/listens', 'hello', 1);
};
client.on_publish = (mosq, _obj, mid, reason_code) => {
  console.log(`on_publish: mid ${mid}: ${reason_code} (${reason_string(reason_code)})`);
  if (reason_code !== 0) mosq.disconnect(0, { 'session-expiry-interval': 0 }); // the broker deletes the session
};
client.on_disconnect = (mosq, _obj, rc) => {
  console.log(`on_disconnect: ${rc}`);
  mosq.loop_stop();
};

client.connect(host, Number(port), 60, null, { 'session-expiry-interval': 3600 });
client.loop_start();
