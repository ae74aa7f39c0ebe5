import { MOSQ_OPT_PROTOCOL_VERSION, Mosquitto, MQTT_PROTOCOL_V5 } from 'libmosquitto';
import type { Version } from '../support/corpus';
import type { Damaged } from '../support/corpus-damage';
import type { Mode } from '../support/drive';
import { type FakeBroker, type Peer, startFakeBroker } from '../support/fake-broker';
import { ack, CONNECT, connack, type Packet, PUBACK, PUBLISH, publish, readMid } from '../support/packets';
import { connack5, publish5 } from '../support/packets5';
import { until, within } from '../support/wait';

/** The mid of the good message behind a damaged packet. */
const SENTINEL_MID = 65535;

export interface Outcome {
  /** The client's events after the damaged packet, in order. */
  readonly events: readonly string[];
  /** The client's packets after it, as far as they arrived; the acknowledgement of the sentinel ends them. */
  readonly replies: readonly Packet[];
  /** The code of loop(), in that mode. */
  readonly rc: number;
}

export interface TrialOptions {
  /** Ends the stream behind the bytes, so that the client cannot expect more. */
  readonly ends?: boolean;
  /** One byte at a time. */
  readonly slowly?: boolean;
}

/**
 * One client with one connection after the other. On each a good exchange comes first, which also shows whether the
 * connection before has left state behind. Then the bytes to test follow.
 */
export class Trials {
  readonly #mode: Mode;
  readonly #version: Version;
  readonly #broker: FakeBroker;
  readonly #peers: Peer[] = [];
  #client: Mosquitto;
  #events: string[] = [];
  #fresh = true;
  #pumping: Promise<void> | null = null;
  #going = true;
  #rc = 0;
  #echoed = 0;

  private constructor(mode: Mode, version: Version, broker: FakeBroker, peers: Peer[]) {
    this.#mode = mode;
    this.#version = version;
    this.#broker = broker;
    this.#peers = peers;
    this.#client = this.#create();
  }

  static async start(mode: Mode, version: Version): Promise<Trials> {
    const peers: Peer[] = [];
    const broker = await startFakeBroker((peer) => {
      peers.push(peer);
    });
    return new Trials(mode, version, broker, peers);
  }

  async run({ phase, bytes, followed }: Damaged, { ends = true, slowly = false }: TrialOptions = {}): Promise<Outcome> {
    const peer = await this.#connect();
    this.#rc = 0;
    if (phase === 'session') await this.#goodExchange(peer);
    const seen = this.#events.length;
    const replied = peer.received.length;
    const parts = followed ? [bytes, this.#sentinel()] : [bytes];
    if (slowly) await this.#sendSlowly(peer, Buffer.concat(parts));
    else peer.send(...parts);
    if (ends) peer.end();
    const acknowledged = (): boolean =>
      peer.received.slice(replied).some((packet) => packet.type === PUBACK && readMid(packet) === SENTINEL_MID);
    const gone = (): boolean => this.#events.at(-1)?.startsWith('disconnect') === true;
    await this.#settled(() => gone() || (!ends && acknowledged()));
    const rc = this.#rc;
    if (!gone()) {
      peer.end();
      await this.#settled(gone);
    }
    if (this.#client.socket() !== -1) throw new Error('on_disconnect, but a socket is open');
    await within(peer.closed, 'the end of the connection');
    return { events: this.#events.slice(seen), replies: peer.received.slice(replied), rc };
  }

  async close(): Promise<void> {
    this.#going = false;
    await this.#pumping;
    this.#client.destroy();
    await this.#broker.close();
  }

  #sentinel(): Buffer {
    return this.#version === 5
      ? publish5('sentinel', '', { qos: 1, mid: SENTINEL_MID })
      : publish('sentinel', '', { qos: 1, mid: SENTINEL_MID });
  }

  #create(): Mosquitto {
    const tell = (event: string): void => {
      this.#events.push(event);
    };
    const client = new Mosquitto('tried');
    if (this.#version === 5) {
      client.int_option(MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
      client.on_ext_auth = (_mosq, _obj, method, data) => {
        tell(`auth ${method} ${data?.length}`);
        return client.ext_auth_continue(method ?? 'method', data);
      };
    }
    client.on_connect = (_mosq, _obj, rc) => tell(`connect ${rc}`);
    client.on_disconnect = (_mosq, _obj, rc) => tell(`disconnect ${rc}`);
    client.on_publish = (_mosq, _obj, mid) => {
      if (mid === this.#echoed) tell('echoed');
      else tell(`publish ${mid}`);
    };
    client.on_subscribe = (_mosq, _obj, mid, codes) => tell(`subscribe ${mid} [${String(codes)}]`);
    client.on_unsubscribe = (_mosq, _obj, mid, codes) =>
      tell(this.#version === 5 ? `unsubscribe ${mid} [${String(codes)}]` : `unsubscribe ${mid}`);
    client.on_message = (_mosq, _obj, msg) => {
      if (msg.topic === 'hello') {
        const rc = client.publish('echo', '', 1);
        this.#echoed = client.last_mid;
        tell(`hello ${rc}`);
      } else if (msg.topic === 'sentinel' && msg.mid === SENTINEL_MID) {
        tell('sentinel');
      } else {
        const { topic, payload, qos, mid } = msg;
        tell(`message ${JSON.stringify(topic)} ${payload.length} bytes, QoS ${qos}, mid ${mid}`);
      }
    };
    return client;
  }

  async #connect(): Promise<Peer> {
    this.#events = [];
    const next = this.#broker.peers.length;
    const { host, port } = this.#broker;
    const rc = this.#fresh ? this.#client.connect(host, port) : this.#client.reconnect();
    if (rc !== 0) throw new Error(`connecting returned ${rc}`);
    if (this.#fresh) this.#begin();
    this.#fresh = false;
    await this.#settled(() => this.#peers.length > next);
    const peer = this.#peers[next];
    if (peer === undefined) throw new Error('no connection');
    await peer.nextOf(CONNECT);
    return peer;
  }

  #begin(): void {
    if (this.#mode !== 'loop') {
      this.#client.loop_start({ thread: this.#mode === 'thread' });
      return;
    }
    this.#pumping = this.#pump();
  }

  async #pump(): Promise<void> {
    while (this.#going) {
      const rc = this.#client.loop(0);
      if (rc !== 0 && this.#rc === 0) this.#rc = rc;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async #goodExchange(peer: Peer): Promise<void> {
    const five = this.#version === 5;
    peer.send(
      five ? connack5() : connack(0),
      five ? publish5('hello', 'x', { qos: 1, mid: 1 }) : publish('hello', 'x', { qos: 1, mid: 1 }),
    );
    const answers = [await peer.next(), await peer.next()];
    const echo = answers.find((packet) => packet.type === PUBLISH);
    if (echo === undefined || !answers.some((packet) => packet.type === PUBACK && readMid(packet) === 1)) {
      throw new Error(`instead of PUBACK and PUBLISH: packets of type ${answers.map((it) => it.type).join(', ')}`);
    }
    peer.send(ack(PUBACK, this.#echoed));
    await this.#settled(() => this.#events.length >= 3);
    const story = this.#events.join(', ');
    if (story !== 'connect 0, hello 0, echoed') throw new Error(`a good exchange went: ${story}`);
  }

  async #sendSlowly(peer: Peer, bytes: Buffer): Promise<void> {
    for (const byte of bytes) {
      peer.send(Buffer.from([byte]));
      // Two turns of the event loop: the byte is sent, and read.
      for (let turns = 0; turns < 2; turns++) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** The same as until(), but without a timer in between: hundreds of these fit in a second. */
  async #settled(condition: () => boolean): Promise<void> {
    for (let turns = 0; turns < 200 && !condition(); turns++) await new Promise((resolve) => setImmediate(resolve));
    await until(condition, () => `the client to react; so far: ${this.#events.join(', ') || 'nothing'}`, 10000);
  }
}
