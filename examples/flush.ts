// Publishes and ends without a loss: flush() comes before disconnect(), which alone may drop unconfirmed messages.
//   node flush.js [host] [port]
import { MOSQ_ERR_SUCCESS, Mosquitto, strerror } from 'libmosquitto';

const [host = 'localhost', port = '1883'] = process.argv.slice(2);
const COUNT = 1000;
process.exitCode = 1; // until all are confirmed

const client = new Mosquitto('example-flush');

client.on_connect = async (mosq, _obj, rc) => {
  if (rc !== 0) process.exit(1);
  for (let number = 1; number <= COUNT; number++) mosq.publish('example/flush', `${number}`, 1);
  // 0 when the broker has acknowledged all of them; MOSQ_ERR_TIMEOUT when it does not answer in time.
  const flushed = await mosq.flush(20_000);
  console.log(`flush: ${flushed} (${strerror(flushed)})`);
  if (flushed === MOSQ_ERR_SUCCESS) process.exitCode = 0;
  mosq.disconnect();
};

client.on_disconnect = (mosq, _obj, rc) => {
  console.log(`on_disconnect: ${rc}`);
  mosq.loop_stop();
};

client.connect(host, Number(port));
client.loop_start();
