// loop(): the program drives the client. Packets move and callbacks run only inside this call.
//   node loop.js [host] [port]
import { MOSQ_ERR_SUCCESS, Mosquitto } from 'libmosquitto';

const [host = 'localhost', port = '1883'] = process.argv.slice(2);
const deadline = Date.now() + 30_000;

const client = new Mosquitto('example-loop');
let received = 0;
let finished = false;

client.on_connect = (mosq) => {
  console.log('on_connect');
  mosq.subscribe('example/loop', 1);
};
client.on_subscribe = (mosq) => {
  console.log('on_subscribe');
  mosq.publish('example/loop', 'a message to myself', 1);
};
client.on_message = (mosq, _obj, msg) => {
  console.log(`on_message: ${msg.topic}: ${msg.payload}`);
  received += 1;
  mosq.disconnect();
};
client.on_disconnect = (_mosq, _obj, rc) => {
  console.log(`on_disconnect: ${rc}`);
  finished = rc === 0;
};

let rc = client.connect(host, Number(port));

// Each call blocks for at most 100 ms until there is traffic; the default is one second. The second argument, max_packets,
// is as in C, where it does not bound the call. Any value other than 0 means that the connection has ended.
while (rc === MOSQ_ERR_SUCCESS && !finished && Date.now() < deadline) {
  rc = client.loop(100, 10);
}

if (!finished) console.error(`ended with ${rc}: ${client.last_error}`);
client.destroy();
process.exitCode = finished && received === 1 ? 0 : 1;
