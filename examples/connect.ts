// connect() blocks until the TCP connection is established; on_connect then gets the broker's answer.
//   node connect.js [host] [port]
import { connack_string, MOSQ_ERR_SUCCESS, Mosquitto } from 'libmosquitto';

const [host = 'localhost', port = '1883'] = process.argv.slice(2);
process.exitCode = 1; // until the broker has confirmed the disconnection
setTimeout(() => process.exit(1), 30_000).unref();

const client = new Mosquitto('example-connect');

client.on_connect = (mosq, _obj, rc) => {
  console.log(`on_connect: ${rc} (${connack_string(rc)})`);
  mosq.disconnect();
};

client.on_disconnect = (mosq, _obj, rc) => {
  console.log(`on_disconnect: ${rc} (${rc === 0 ? 'asked for' : 'unexpected'})`);
  mosq.loop_stop(); // nothing keeps the process alive after this
  process.exitCode = rc;
};

// Host, port, and the keepalive in seconds: the longest silence before the client sends a ping.
const rc = client.connect(host, Number(port), 60);
if (rc !== MOSQ_ERR_SUCCESS) {
  // rc is MOSQ_ERR_ERRNO (14) or MOSQ_ERR_EAI (15, the name look-up); last_errno is the system's error number.
  console.error(client.last_error);
  process.exit(1);
}
console.log(`connect: ${rc}, socket ${client.socket()}`);
client.loop_start();
