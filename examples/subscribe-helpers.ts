// subscribe_simple() and subscribe_callback(): one call connects, subscribes and receives.
//   node subscribe-helpers.js [host] [port]
import { Mosquitto, strerror, subscribe_callback, subscribe_simple } from 'libmosquitto';

const [host = 'localhost', port = '1883'] = process.argv.slice(2);
setTimeout(() => process.exit(1), 30_000).unref();

/** Somebody has to publish: the broker stores these messages for later subscribers. */
async function store(values: Record<string, string>): Promise<void> {
  const client = new Mosquitto('example-helpers-store');
  client.on_connect = (mosq) => {
    for (const [topic, value] of Object.entries(values)) mosq.publish(topic, value, 1, true);
  };
  let confirmed = 0;
  client.on_publish = (mosq) => {
    confirmed += 1;
    if (confirmed === Object.keys(values).length) mosq.disconnect();
  };
  client.connect(host, Number(port));
  await client.loop_forever();
  client.destroy();
}

async function main(): Promise<void> {
  await store({ 'example/helpers/a': 'one', 'example/helpers/b': 'two', 'example/helpers/c': 'three' });

  // Returns after msg_count messages; throws a MosquittoError when the broker cannot be reached.
  const messages = await subscribe_simple('example/helpers/+', { hostname: host, port: Number(port), msg_count: 2 });
  console.log(`subscribe_simple: ${messages.length} messages`);

  // Calls the callback for each message until it returns true; resolves with a code.
  const rc = await subscribe_callback(
    (_mosq, _userdata, msg) => {
      console.log(`subscribe_callback: ${msg.topic}: ${msg.payload}`);
      return `${msg.payload}` === 'three';
    },
    'example/helpers/#',
    { hostname: host, port: Number(port), qos: 1 },
  );
  console.log(`subscribe_callback: ${rc} (${strerror(rc)})`);
  process.exitCode = messages.length === 2 ? rc : 1;
}

void main();
