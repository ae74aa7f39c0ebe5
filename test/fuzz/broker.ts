import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import type { Properties } from 'libmosquitto';
import { fromClients, specimens, type Version } from '../support/corpus';
import { mutations, noise } from '../support/corpus-damage';
import * as p from '../support/packets';
import { ack5, auth5, connack5, disconnect5, publish5, suback5, unsuback5 } from '../support/packets5';
import { reset } from '../support/reset';
import { acceptKey, BINARY, CLOSE, CONTINUATION, FrameReader, frame, PING, PONG } from '../support/websocket';
import type { Random } from './random';

export type Transport = 'tcp' | 'websocket' | 'socks';

/** The receive maximum that a client announces by default. */
const RECEIVE_MAXIMUM = 20;

export interface BrokerSetup {
  readonly version: 3 | Version;
  readonly transport: Transport;
  /** The broker makes no faults, and ends no connection by itself. It still splits its packets at any byte. */
  readonly correct: boolean;
}

/** A message that a correct broker has been sent. */
export interface Received {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: number;
}

/** A broker that speaks mostly valid MQTT: one client, any number of connections one after another. */
export class FuzzBroker {
  readonly received: Received[] = [];
  subscribed = false;
  readonly #server: Server;
  readonly #connections = new Set<Connection>();

  constructor(random: Random, setup: BrokerSetup) {
    this.#server = createServer({ noDelay: true }, (socket) => {
      const connection = new Connection(socket, random, setup, this);
      this.#connections.add(connection);
      socket.once('close', () => this.#connections.delete(connection));
    });
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no TCP port');
    return address.port;
  }

  /** Sends a message to the client; QoS 2 in all its steps. */
  publish(topic: string, payload: Buffer, qos: number): void {
    for (const connection of this.#connections) connection.publish(topic, payload, qos);
  }

  /** Sends a packet that the client has not asked for. */
  interfere(): void {
    for (const connection of this.#connections) connection.interfere();
  }

  async close(): Promise<void> {
    for (const connection of this.#connections) connection.destroy();
    this.#server.close();
    if (this.#server.listening || this.#connections.size > 0) await once(this.#server, 'close');
  }
}

class Connection {
  readonly #socket: Socket;
  readonly #random: Random;
  readonly #setup: BrokerSetup;
  readonly #broker: FuzzBroker;
  readonly #frames = new FrameReader();
  readonly #stored = new Set<number>();
  #output: Promise<void> = Promise.resolve();
  #input: Buffer = Buffer.alloc(0);
  #phase: 'socks' | 'socks request' | 'http' | 'mqtt';
  #mid = 0;
  #unacknowledged = 0;
  readonly #waiting: Array<Parameters<Connection['publish']>> = [];

  constructor(socket: Socket, random: Random, setup: BrokerSetup, broker: FuzzBroker) {
    this.#socket = socket;
    this.#random = random;
    this.#setup = setup;
    this.#broker = broker;
    this.#phase = setup.transport === 'socks' ? 'socks' : setup.transport === 'websocket' ? 'http' : 'mqtt';
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      this.#take(chunk);
    });
    if (this.#wrong(30)) this.interfere();
  }

  publish(topic: string, payload: Buffer, qos: number): void {
    // Messages keep their order: a queued message stops those behind it.
    if (this.#waiting.length > 0 || (qos > 0 && this.#unacknowledged >= RECEIVE_MAXIMUM && !this.#wrong(20))) {
      this.#waiting.push([topic, payload, qos]);
      return;
    }
    if (qos > 0) this.#unacknowledged += 1;
    this.#mid = (this.#mid % 65535) + 1;
    const mid = this.#mid;
    this.#say(
      this.#setup.version === 5
        ? publish5(topic, payload, { qos, mid })
        : p.publish(topic, payload, { qos, mid, retain: this.#random.once(4) }),
    );
  }

  interfere(): void {
    const { version } = this.#setup;
    const corpus = version === 5 ? 5 : 4;
    const random = this.#random;
    const seed = random.below(0x7fffffff);
    switch (random.below(9)) {
      case 0:
        this.publish('fuzz/any', random.bytes(random.below(200)), random.below(3));
        break;
      case 1:
        this.publish('fuzz/large', Buffer.alloc(random.below(300_000), seed & 255), random.below(3));
        break;
      case 2:
        this.#say(random.any(random.once(4) ? fromClients(corpus) : specimens(corpus))?.bytes);
        break;
      case 3:
        for (const { bytes } of mutations(corpus, seed, 2)) this.#say(bytes);
        break;
      case 4:
        for (const { bytes } of noise(seed, 1)) this.#say(bytes);
        break;
      case 5:
        reset(this.#socket);
        break;
      case 6:
        this.#socket.end();
        break;
      case 7:
        if (version === 5) this.#say(random.once(2) ? disconnect5(random.below(256)) : this.#auth());
        break;
      default:
        this.#socket.pause();
        setTimeout(() => this.#socket.resume(), random.below(20));
    }
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #auth(): Buffer {
    return auth5(this.#random.of([0x18, 0x18, 0, 0x19]), {
      'authentication-method': 'fuzz',
      'authentication-data': this.#random.bytes(this.#random.below(40)),
    });
  }

  /** Returns whether to make a fault now: true about once in so many calls. */
  #wrong(times: number): boolean {
    return !this.#setup.correct && this.#random.once(times);
  }

  #take(chunk: Buffer): void {
    if (this.#phase !== 'mqtt') {
      this.#input = Buffer.concat([this.#input, chunk]);
      this.#shakeHands();
      return;
    }
    if (this.#setup.transport !== 'websocket') {
      this.#hear(chunk);
      return;
    }
    for (const { opcode, payload } of this.#frames.push(chunk)) {
      if (opcode === CLOSE) this.#socket.end(frame(CLOSE, payload));
      else if (opcode === BINARY || opcode === CONTINUATION) this.#hear(payload);
    }
  }

  #shakeHands(): void {
    const random = this.#random;
    if (this.#phase === 'http') {
      const end = this.#input.indexOf('\r\n\r\n');
      if (end < 0) return;
      const key = /^sec-websocket-key: *(.*)$/im.exec(this.#input.toString('latin1', 0, end))?.[1] ?? '';
      const status = this.#wrong(12) ? '503 Service Unavailable' : '101 Switching Protocols';
      const lines = [`HTTP/1.1 ${status}`, 'Upgrade: websocket', 'Connection: Upgrade'];
      if (!this.#wrong(15)) lines.push(`Sec-WebSocket-Accept: ${acceptKey(key.trim())}`);
      if (this.#wrong(15)) lines.push(' folded', `X-Long: ${'x'.repeat(random.below(5000))}`);
      lines.push('Sec-WebSocket-Protocol: mqtt', '\r\n');
      this.#raw(this.#damage(Buffer.from(lines.join('\r\n'))));
    } else if (this.#phase === 'socks') {
      if (this.#input.length < 3) return;
      this.#input = Buffer.alloc(0);
      this.#phase = 'socks request';
      this.#raw(this.#damage(Buffer.from([5, this.#wrong(10) ? random.of([2, 255, 1]) : 0])));
      return;
    } else {
      if (this.#input.length < 5) return;
      const name = random.below(4);
      const address = random.of([
        Buffer.from([1, 127, 0, 0, 1]),
        Buffer.from([3, name, ...random.bytes(name)]),
        Buffer.concat([Buffer.from([4]), Buffer.alloc(16)]),
      ]);
      const status = this.#wrong(10) ? random.below(10) : 0;
      this.#raw(this.#damage(Buffer.concat([Buffer.from([5, status, 0]), address, Buffer.from([0, 80])])));
    }
    this.#input = Buffer.alloc(0);
    this.#phase = 'mqtt';
    if (this.#wrong(10)) this.interfere();
  }

  #hear(chunk: Buffer): void {
    this.#input = Buffer.concat([this.#input, chunk]);
    for (let found = p.decode(this.#input); found !== null; found = p.decode(this.#input)) {
      this.#input = this.#input.subarray(found.length);
      this.#answer(found.packet);
      if (this.#wrong(60)) this.interfere();
    }
  }

  #answer(packet: p.Packet): void {
    const five = this.#setup.version === 5;
    if (this.#wrong(50)) return;
    const acknowledge = (type: number, mid: number): void => {
      this.#say(five ? ack5(type, mid, this.#wrong(10) ? this.#random.below(256) : 0) : p.ack(type, mid));
    };
    switch (packet.type) {
      case p.CONNECT: {
        const code = this.#wrong(15) ? this.#random.below(256) : 0;
        const present = this.#wrong(4);
        if (five && this.#wrong(6)) this.#say(this.#auth());
        this.#say(five ? connack5(code, this.#limits(), present) : p.connack(code, present));
        break;
      }
      case p.PUBLISH:
        this.#store(packet, acknowledge);
        break;
      case p.PUBACK:
      case p.PUBCOMP:
        this.#release();
        break;
      case p.PUBREL:
        this.#stored.delete(p.readMid(packet));
        acknowledge(p.PUBCOMP, p.readMid(packet));
        break;
      case p.PUBREC:
        acknowledge(p.PUBREL, p.readMid(packet));
        break;
      case p.SUBSCRIBE:
        this.#broker.subscribed = true;
        this.#say(five ? suback5(p.readMid(packet), this.#codes()) : p.suback(p.readMid(packet), this.#codes()));
        break;
      case p.UNSUBSCRIBE:
        this.#say(five ? unsuback5(p.readMid(packet), [0]) : p.ack(p.UNSUBACK, p.readMid(packet)));
        break;
      case p.PINGREQ:
        this.#say(p.pingresp());
        break;
      case p.DISCONNECT:
        if (!this.#wrong(4)) void this.#output.then(() => this.#socket.end());
        break;
      default:
        break;
    }
  }

  #release(): void {
    this.#unacknowledged -= 1;
    for (const message of this.#waiting.splice(0)) this.publish(...message);
  }

  #store(packet: p.Packet, acknowledge: (type: number, mid: number) => void): void {
    const { topic, qos, mid, payload } = p.readPublish(packet);
    // MQTT 5: behind the properties, of which these clients send none to a correct broker.
    const body = this.#setup.version === 5 ? payload.subarray(1) : payload;
    if (qos < 2 || !this.#stored.has(mid)) this.#broker.received.push({ topic, payload: Buffer.from(body), qos });
    if (qos === 1) acknowledge(p.PUBACK, mid);
    if (qos === 2) {
      this.#stored.add(mid);
      acknowledge(p.PUBREC, mid);
    }
  }

  #codes(): number[] {
    return this.#setup.correct
      ? [2]
      : [...this.#random.bytes(this.#random.once(10) ? 100 : 1)].map((code) => code & 0x83);
  }

  #limits(): Properties {
    const random = this.#random;
    if (this.#setup.correct || random.once(2)) return {};
    return random.of<Properties>([
      { 'receive-maximum': 1 + random.below(3) },
      { 'maximum-packet-size': 1 + random.below(300) },
      { 'maximum-qos': random.below(2), 'retain-available': 0 },
      { 'topic-alias-maximum': random.below(5), 'server-keep-alive': random.below(70) },
      { 'session-expiry-interval': 0, 'assigned-client-identifier': 'assigned' },
      { 'authentication-method': 'fuzz', 'reason-string': 'r'.repeat(random.below(2000)) },
    ]);
  }

  #say(bytes: Buffer | undefined): void {
    if (bytes === undefined) return;
    const damaged = this.#damage(bytes);
    if (this.#setup.transport !== 'websocket') {
      this.#raw(damaged);
      return;
    }
    const random = this.#random;
    if (random.once(10)) this.#raw(frame(random.of([PING, PONG]), random.bytes(random.below(126))));
    const at = random.below(damaged.length + 1);
    if (random.once(3)) {
      this.#raw(
        Buffer.concat([frame(BINARY, damaged.subarray(0, at), false), frame(CONTINUATION, damaged.subarray(at))]),
      );
    } else {
      this.#raw(this.#damage(frame(BINARY, damaged)));
    }
  }

  /** Changes some of the bytes. */
  #damage(bytes: Buffer): Buffer {
    if (!this.#wrong(40) || bytes.length === 0) return bytes;
    const random = this.#random;
    const copy = Buffer.from(bytes);
    const at = random.below(copy.length);
    switch (random.below(5)) {
      case 0:
        copy[at] = random.below(256);
        return copy;
      case 1:
        return copy.subarray(0, at);
      case 2:
        return Buffer.concat([copy, random.bytes(random.below(20))]);
      case 3:
        return Buffer.concat([copy, copy]);
      default:
        return Buffer.concat([copy.subarray(0, at), random.bytes(random.below(5)), copy.subarray(at)]);
    }
  }

  /** Sends bytes in order, split at any byte, with turns of the event loop in between. */
  #raw(bytes: Buffer): void {
    const cuts = this.#random.once(3) ? this.#random.below(4) : 0;
    const at = Array.from({ length: cuts }, () => this.#random.below(bytes.length + 1)).sort((a, b) => a - b);
    const trickle = bytes.length < 60 && this.#random.once(12);
    const ends = trickle ? Array.from(bytes, (_, index) => index + 1) : [...at, bytes.length];
    this.#output = this.#output.then(async () => {
      let from = 0;
      for (const end of ends) {
        if (this.#socket.destroyed || this.#socket.writableEnded) return;
        this.#socket.write(bytes.subarray(from, end));
        from = end;
        if (ends.length > 1) await turn();
      }
    });
  }
}
