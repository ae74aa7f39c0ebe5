// The end of a client: disconnect() sends DISCONNECT, destroy() frees the client. `using` calls destroy() by itself.
//   node destroy.js [host] [port]
import { Mosquitto, MosquittoError } from 'libmosquitto';

const [host = 'localhost', port = '1883'] = process.argv.slice(2);
process.exitCode = 1; // until the last client was destroyed
setTimeout(() => process.exit(1), 30_000).unref();

function visit(): number {
  using client = new Mosquitto('example-using');
  return client.connect(host, Number(port)); // destroyed at the end of the block, even after an error
}
console.log(`visit: ${visit()}`);

const client = new Mosquitto('example-destroy');
client.on_connect = (mosq) => {
  mosq.disconnect();
};
client.on_disconnect = (mosq, _obj, rc) => {
  console.log(`on_disconnect: ${rc}`);
  mosq.destroy(); // allowed in any callback; stops the loop too
  mosq.destroy(); // once more does no harm
  try {
    mosq.publish('example/destroy', 'too late');
  } catch (error) {
    if (!(error instanceof MosquittoError)) throw error;
    console.log(`${error.code}: ${error.message}`);
    process.exitCode = rc;
  }
};

client.connect(host, Number(port));
client.loop_start();
