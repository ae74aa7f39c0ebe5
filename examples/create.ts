// Creates clients: with an id, with a generated id, with an object for the callbacks.
//   node create.js [host] [port]
import { Mosquitto, MosquittoError } from 'libmosquitto';

const [host = 'localhost', port = '1883'] = process.argv.slice(2);
process.exitCode = 1; // until on_connect has got its object
setTimeout(() => process.exit(1), 30_000).unref();

// The broker identifies a client by its id. A second client with the same id disconnects the first.
const named = new Mosquitto('example-create');
console.log('created a client with the id example-create');
named.destroy();

// Without an id the client gets a random one.
const generated = new Mosquitto();
console.log('created a client with a generated id');
generated.destroy();

// clean_session = false asks the broker to keep subscriptions and messages while the client is disconnected. It needs
// an id that stays the same, so a generated one is refused.
try {
  new Mosquitto(null, false);
} catch (error) {
  if (!(error instanceof MosquittoError)) throw error;
  console.log(`clean_session = false without an id: ${error.code}`);
}

// The third argument is passed to every callback. It may be any value.
const context = { room: 'kitchen', connections: 0 };
const client = new Mosquitto('example-create-obj', true, context);

client.on_connect = (mosq, obj, rc) => {
  obj.connections += 1;
  console.log(`on_connect: rc ${rc}, obj ${JSON.stringify(obj)}`);
  if (rc === 0 && obj === context && mosq.userdata() === context) process.exitCode = 0;
  mosq.disconnect();
};
client.on_disconnect = (mosq) => {
  mosq.loop_stop();
};

client.connect(host, Number(port));
client.loop_start();
