// Reconnection: a running loop connects again by itself, after the delays of reconnect_delay_set().
// A second client with the same id breaks the connection here: the broker disconnects the first.
//   node reconnect-delay.js [host] [port]
import { Mosquitto } from 'libmosquitto';

const [host = 'localhost', port = '1883'] = process.argv.slice(2);
process.exitCode = 1; // until the client has connected twice
setTimeout(() => process.exit(1), 30_000).unref();

const client = new Mosquitto('example-reconnect');
let connections = 0;
let lost = 0;

// Seconds: first delay, longest delay, and whether it doubles each time (1, 2, 4, 8, 10, 10, ...).
client.reconnect_delay_set(1, 10, true);

client.on_connect = (mosq) => {
  connections += 1;
  console.log(`on_connect: connection ${connections}`);
  if (connections === 1) {
    intruder.connect(host, Number(port));
    intruder.loop_start();
  } else {
    console.log(`connected again after ${Date.now() - lost} ms`);
    mosq.disconnect();
  }
};
client.on_disconnect = (mosq, _obj, rc) => {
  console.log(`on_disconnect: ${rc}`);
  if (rc !== 0) {
    lost = Date.now(); // the loop continues, and will reconnect
    return;
  }
  mosq.loop_stop(); // disconnect() ends the reconnections
  if (connections === 2 && lost > 0) process.exitCode = 0;
};

const intruder = new Mosquitto('example-reconnect');
intruder.on_connect = (mosq) => {
  mosq.destroy();
};

client.connect(host, Number(port));
client.loop_start();
