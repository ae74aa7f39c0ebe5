// The parts of loop(), for programs that poll the socket themselves: loop_read(), loop_write(), loop_misc().
// A timer replaces the poll here. None of the three methods blocks.
//   node loop-parts.js [host] [port]
import { MOSQ_ERR_SUCCESS, Mosquitto } from 'libmosquitto';

const [host = 'localhost', port = '1883'] = process.argv.slice(2);
process.exitCode = 1; // until the broker has confirmed the disconnection
setTimeout(() => process.exit(1), 30_000).unref();

const client = new Mosquitto('example-loop-parts');
client.on_connect = (mosq, _obj, rc) => {
  console.log(`on_connect: ${rc}`);
  mosq.disconnect();
};
client.on_disconnect = (_mosq, _obj, rc) => {
  console.log(`on_disconnect: ${rc}`);
  clearInterval(timer);
  process.exitCode = rc;
};

const connected = client.connect(host, Number(port));
if (connected !== MOSQ_ERR_SUCCESS) {
  console.error(client.last_error);
  process.exit(1);
}
console.log(`watching the socket ${client.socket()}`);

const timer = setInterval(() => {
  client.loop_read();
  if (client.want_write()) client.loop_write(); // there are packets to send
  client.loop_misc(); // pings and time limits: call it about once a second
}, 10);
