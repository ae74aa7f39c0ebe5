// A first program, the same as first.mjs, as a CommonJS module.
//   node first.cjs [host] [port]
const { connack_string, Mosquitto } = require('libmosquitto');

const [host = 'localhost', port = '1883'] = process.argv.slice(2);
const client = new Mosquitto('first');

client.on_connect = (mosq, _obj, rc) => {
  console.log(`broker: ${connack_string(rc)}`);
  if (rc === 0) mosq.subscribe('first/#', 1);
  else mosq.disconnect();
};
client.on_subscribe = (mosq) => {
  mosq.publish('first/temperature', '21.5', 1);
};
client.on_message = (mosq, _obj, msg) => {
  console.log(`${msg.topic}: ${msg.payload}`);
  mosq.disconnect(); // the loop ends, and the process with it
};

const rc = client.connect(host, Number(port));
if (rc !== 0) {
  console.error(client.last_error);
  process.exit(1);
}
client.loop_forever();
