// Connects to a broker on the same machine by a unix socket: port 0, and the socket's path as host name.
//   node unix-socket.js [path]
import { MOSQ_ERR_SUCCESS, Mosquitto } from 'libmosquitto';

const [path = '/run/mosquitto/mosquitto.sock'] = process.argv.slice(2);
process.exitCode = 1; // until a message has come back
setTimeout(() => process.exit(1), 30_000).unref();

const client = new Mosquitto('example-unix-socket');
client.on_connect = (mosq) => {
  console.log(`on_connect: by ${path}`);
  mosq.subscribe('example/unix', 1);
};
client.on_subscribe = (mosq) => {
  mosq.publish('example/unix', 'never on a network', 1);
};
client.on_message = (mosq, _obj, msg) => {
  console.log(`on_message: ${msg.payload}`);
  process.exitCode = 0;
  mosq.disconnect();
};
client.on_disconnect = (mosq, _obj, code) => {
  console.log(`on_disconnect: ${code}`);
  mosq.loop_stop();
};

const rc = client.connect(path, 0);
if (rc === MOSQ_ERR_SUCCESS) client.loop_start();
else console.error(`connect: ${rc}, ${client.last_error}`);
