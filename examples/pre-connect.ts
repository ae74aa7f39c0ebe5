// A password that is valid for one connection: on_pre_connect runs before each connection and reconnection.
//   node pre-connect.js [host] [port]
import { Mosquitto } from 'libmosquitto';

const [host = 'localhost', port = '1883'] = process.argv.slice(2);
process.exitCode = 1; // until the second connection has its own password
setTimeout(() => process.exit(1), 30_000).unref();

function new_token(): string {
  return `token of ${new Date().toISOString()}`; // in a real program the token is signed
}

const client = new Mosquitto('example-pre-connect');
let connections = 0;

client.on_pre_connect = (mosq) => {
  // The client connects after this has returned.
  mosq.username_pw_set('device', new_token());
  console.log('on_pre_connect: a new token');
};
client.on_connect = (mosq, _obj, rc) => {
  connections += 1;
  console.log(`on_connect: ${rc}, connection ${connections}`);
  if (connections === 1) {
    mosq.reconnect_async();
    return;
  }
  process.exitCode = 0;
  mosq.disconnect();
};
client.on_disconnect = (mosq, _obj, rc) => {
  if (rc === 0 && connections === 2) mosq.loop_stop();
};

client.connect(host, Number(port));
client.loop_start();
