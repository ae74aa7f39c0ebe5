// MQTT 5: a request and its response, by response topic and correlation data.
//   node mqtt5-request-response.js [host] [port]
import { randomBytes, randomUUID } from 'node:crypto';
import { MOSQ_OPT_PROTOCOL_VERSION, Mosquitto, MQTT_PROTOCOL_V5 } from 'libmosquitto';

const [host = 'localhost', port = '1883'] = process.argv.slice(2);
process.exitCode = 1; // until both answers have arrived
setTimeout(() => process.exit(1), 30_000).unref();

function create(client_id: string): Mosquitto {
  const client = new Mosquitto(client_id);
  client.int_option(MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
  client.on_disconnect = (mosq) => {
    mosq.loop_stop();
  };
  return client;
}

/** After its callbacks are set, because an event without a callback is dropped. */
function start(client: Mosquitto): void {
  client.connect(host, Number(port));
  client.loop_start();
}

// The responder knows neither the requesters nor their number: each message names the topic for its answer.
const responder = create('example-responder');
responder.on_connect = (mosq) => {
  mosq.subscribe('example/question', 1);
};
responder.on_message = (mosq, _obj, msg) => {
  const { 'response-topic': to, 'correlation-data': id } = msg.properties ?? {};
  if (to === undefined) return; // no answer is requested
  console.log(`asked: ${msg.payload}`);
  mosq.publish(to, `${msg.payload}`.toUpperCase(), 1, false, id === undefined ? null : { 'correlation-data': id });
};

// The requester has a topic of its own for the answers, and stores the open questions by their id.
responder.on_subscribe = () => {
  const requester = create('example-requester');
  const answers = `example/answer/${randomUUID()}`;
  const open = new Map<string, string>();
  requester.on_connect = (mosq) => {
    mosq.subscribe(answers, 1);
  };
  requester.on_subscribe = (mosq) => {
    for (const question of ['how are you?', 'what time is it?']) {
      const id = randomBytes(8);
      open.set(id.toString('hex'), question);
      mosq.publish('example/question', question, 1, false, { 'response-topic': answers, 'correlation-data': id });
    }
  };
  requester.on_message = (mosq, _obj, msg) => {
    const id = Buffer.from(msg.properties?.['correlation-data'] ?? []).toString('hex');
    console.log(`answer to "${open.get(id)}": ${msg.payload}`);
    open.delete(id);
    if (open.size > 0) return;
    process.exitCode = 0;
    mosq.disconnect();
    responder.disconnect();
  };
  start(requester);
};

start(responder);
