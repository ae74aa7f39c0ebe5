// loop_forever(): a program that does nothing else awaits its client. The promise settles after disconnect(), when the last
// callback has run.
//   node loop-forever.js [host] [port]
import { Mosquitto, strerror } from 'libmosquitto';

async function main(host: string, port: number): Promise<void> {
  const client = new Mosquitto('example-loop-forever');
  let count = 0;

  client.on_connect = (mosq) => {
    mosq.subscribe('example/loop-forever', 0);
  };
  client.on_subscribe = (mosq) => {
    for (let i = 1; i <= 3; i += 1) mosq.publish('example/loop-forever', `message ${i}`);
  };
  client.on_message = (mosq, _obj, msg) => {
    count += 1;
    console.log(`on_message: ${msg.payload}`);
    if (count === 3) mosq.disconnect();
  };

  client.connect(host, port);
  const rc = await client.loop_forever();
  console.log(`loop_forever: ${rc} (${strerror(rc)})`);
  client.destroy();
  if (rc === 0 && count === 3) process.exitCode = 0;
}

const [host = 'localhost', port = '1883'] = process.argv.slice(2);
process.exitCode = 1; // until the three messages came back
setTimeout(() => process.exit(1), 30_000).unref();
main(host, Number(port)).catch(console.error);
