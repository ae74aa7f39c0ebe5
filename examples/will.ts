// A will: the message that the broker publishes for a client that ends without DISCONNECT.
//   node will.js [host] [port]
import { Mosquitto } from 'libmosquitto';

const [host = 'localhost', port = '1883'] = process.argv.slice(2);
process.exitCode = 1; // until the will came
setTimeout(() => process.exit(1), 30_000).unref();

const sensor = new Mosquitto('example-will-sensor');
sensor.will_set('example/will/sensor', 'gone', 1, false); // before connect()
sensor.on_connect = (mosq) => {
  console.log('the sensor is connected, and drops its connection without disconnect()');
  mosq.destroy();
};

const watcher = new Mosquitto('example-will-watcher');
watcher.on_connect = (mosq) => {
  mosq.subscribe('example/will/#', 1);
};
watcher.on_subscribe = () => {
  sensor.connect(host, Number(port));
  sensor.loop_start();
};
watcher.on_message = (mosq, _obj, msg) => {
  console.log(`on_message: ${msg.topic}: ${msg.payload}`);
  process.exitCode = 0;
  mosq.disconnect();
};
watcher.on_disconnect = (mosq) => {
  mosq.loop_stop();
};

watcher.connect(host, Number(port));
watcher.loop_start();
