// MQTT 5: a shared subscription distributes the messages of a topic among the clients of a group.
//   node mqtt5-shared-subscription.js [host] [port]
import { MOSQ_OPT_PROTOCOL_VERSION, Mosquitto, MQTT_PROTOCOL_V5 } from 'libmosquitto';

const [host = 'localhost', port = '1883'] = process.argv.slice(2);
process.exitCode = 1; // until every message has reached one of the workers, and each has had some
setTimeout(() => process.exit(1), 30_000).unref();

const JOBS = 12;
const done = new Map<string, number[]>();
let ready = 0;

function create(client_id: string): Mosquitto {
  const client = new Mosquitto(client_id);
  client.int_option(MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
  client.on_disconnect = (mosq) => {
    mosq.loop_stop();
  };
  return client;
}

const workers = ['worker-1', 'worker-2', 'worker-3'].map((name) => {
  const worker = create(`example-${name}`);
  const own: number[] = [];
  done.set(name, own);
  worker.on_connect = (mosq) => {
    mosq.subscribe('$share/example/example/jobs', 1); // $share, the name of the group, then the filter
  };
  worker.on_subscribe = () => {
    ready += 1;
    if (ready === workers.length) give_out();
  };
  worker.on_message = (_mosq, _obj, msg) => {
    own.push(Number(msg.payload)); // the topic is example/jobs, without $share
    finish();
  };
  return worker;
});

const boss = create('example-boss');

function give_out(): void {
  // At QoS 1 a message is queued while there is no connection yet.
  for (let job = 1; job <= JOBS; job++) boss.publish('example/jobs', String(job), 1);
}

function finish(): void {
  const jobs = [...done.values()].flat();
  if (jobs.length < JOBS) return;
  for (const [name, own] of done) console.log(`${name}: ${own.join(', ')}`);
  const each = [...done.values()].every((own) => own.length > 0);
  if (each && new Set(jobs).size === JOBS) process.exitCode = 0;
  for (const client of [...workers, boss]) client.disconnect();
}

// With their callbacks set, because an event without a callback is dropped.
for (const client of [boss, ...workers]) {
  client.connect(host, Number(port));
  client.loop_start();
}
