// MQTT 5: extended authentication, the client's side of a challenge and response. Needs libmosquitto 2.1, and a broker
// with a plug-in for the method; without one the broker refuses, which this program shows.
//   node mqtt5-extended-auth.js [host] [port] [user] [secret]
import { createHmac } from 'node:crypto';
import { MOSQ_ERR_AUTH, MOSQ_OPT_PROTOCOL_VERSION, Mosquitto, MQTT_PROTOCOL_V5, reason_string } from 'libmosquitto';

const [host = 'localhost', port = '1883', user = 'user', secret = 'secret'] = process.argv.slice(2);
process.exitCode = 1; // until the broker has answered
setTimeout(() => process.exit(1), 30_000).unref();

const client = new Mosquitto('example-extended-auth');
client.int_option(MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);

// The returned code decides. Nothing is read or sent on the connection before.
client.on_ext_auth = (mosq, _obj, method, data) => {
  if (method !== 'HMAC-SHA256' || data === null) return MOSQ_ERR_AUTH; // ends the connection with this code
  const proof = createHmac('sha256', secret).update(data).digest();
  console.log(`on_ext_auth: ${method}, a challenge of ${data.length} bytes`);
  return mosq.ext_auth_continue(method, proof);
};
client.on_connect = (mosq, _obj, rc) => {
  console.log(`on_connect: ${rc} (${reason_string(rc)})`);
  process.exitCode = 0;
  mosq.disconnect();
};
client.on_disconnect = (mosq) => {
  mosq.loop_stop();
};

client.connect(host, Number(port), 60, null, {
  'authentication-method': 'HMAC-SHA256',
  'authentication-data': Buffer.from(user),
});
client.loop_start();
