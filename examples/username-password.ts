// Connects with a user name and a password; a wrong one shows a refusal.
//   node username-password.js [host] [port] [username] [password]
import { connack_string, Mosquitto } from 'libmosquitto';

const [host = 'localhost', port = '1883', username = 'user', password = 'secret'] = process.argv.slice(2);
process.exitCode = 1; // until the broker has accepted us
setTimeout(() => process.exit(1), 30_000).unref();

const client = new Mosquitto('example-username-password');
client.username_pw_set(username, password); // before connect()

client.on_connect = (mosq, _obj, rc) => {
  console.log(`on_connect: ${rc} (${connack_string(rc)})`);
  if (rc === 0) process.exitCode = 0;
  mosq.disconnect(); // without this the loop would try again
};
client.on_disconnect = (mosq, _obj, rc) => {
  console.log(`on_disconnect: ${rc}`);
  mosq.loop_stop();
};

client.connect(host, Number(port));
client.loop_start();
