// Callbacks as methods of a class: bind them, so that `this` is the object and not the client.
//   node callbacks-methods.js [host] [port]
import { Mosquitto, type MosquittoMessage } from 'libmosquitto';

class Thermometer {
  readonly #client = new Mosquitto('example-methods');
  readonly #topic: string;
  #latest: number | undefined;

  constructor(room: string) {
    this.#topic = `example/methods/${room}`;
    this.#client.on_connect = this.on_connect.bind(this);
    this.#client.on_subscribe = this.on_subscribe.bind(this);
    this.#client.on_message = this.on_message.bind(this);
    this.#client.on_disconnect = this.on_disconnect.bind(this);
  }

  start(host: string, port: number): void {
    this.#client.connect(host, port);
    this.#client.loop_start();
  }

  on_connect(mosq: Mosquitto, _obj: unknown, rc: number): void {
    console.log(`${this.#topic}: on_connect: rc ${rc}`);
    mosq.subscribe(this.#topic, 1);
  }

  on_subscribe(mosq: Mosquitto): void {
    mosq.publish(this.#topic, '21.5', 1);
  }

  on_message(mosq: Mosquitto, _obj: unknown, msg: MosquittoMessage): void {
    this.#latest = Number(msg.payload);
    console.log(`${this.#topic}: on_message: ${this.#latest}`);
    mosq.disconnect();
  }

  on_disconnect(mosq: Mosquitto, _obj: unknown, rc: number): void {
    console.log(`${this.#topic}: on_disconnect: rc ${rc}`);
    mosq.loop_stop();
    if (rc === 0 && this.#latest === 21.5) process.exitCode = 0;
  }
}

const [host = 'localhost', port = '1883'] = process.argv.slice(2);
process.exitCode = 1; // until the value came back
setTimeout(() => process.exit(1), 30_000).unref();

new Thermometer('kitchen').start(host, Number(port));
