import type { Properties } from 'libmosquitto';
import type { Peer } from './fake-broker';
import { CONNACK, CONNECT, DISCONNECT, encode, type Packet, PUBLISH, PUBREL, SUBACK, UNSUBACK } from './packets';
import { encodeProperties, field, int16, Reader } from './properties5';

/** The bytes of MQTT 5 that the scripted peer needs. */

export const AUTH = 15;

export function connack5(code = 0, properties: Properties = {}, session_present = false): Buffer {
  return encode(
    CONNACK,
    0,
    Buffer.concat([Buffer.from([session_present ? 1 : 0, code]), encodeProperties(properties)]),
  );
}

/** PUBACK, PUBREC, PUBREL or PUBCOMP. The packet is shorter without properties and without a code other than 0. */
export function ack5(type: number, mid: number, code = 0, properties: Properties | null = null): Buffer {
  const parts: Buffer[] = [int16(mid)];
  if (code !== 0 || properties !== null) parts.push(Buffer.from([code]));
  if (properties !== null) parts.push(encodeProperties(properties));
  return encode(type, type === PUBREL ? 2 : 0, Buffer.concat(parts));
}

export function suback5(mid: number, codes: number[], properties: Properties = {}): Buffer {
  return encode(SUBACK, 0, Buffer.concat([int16(mid), encodeProperties(properties), Buffer.from(codes)]));
}

export function unsuback5(mid: number, codes: number[], properties: Properties = {}): Buffer {
  return encode(UNSUBACK, 0, Buffer.concat([int16(mid), encodeProperties(properties), Buffer.from(codes)]));
}

export function publish5(
  topic: string,
  payload: Uint8Array | string = '',
  { qos = 0, mid = 1, properties = {} }: { qos?: number; mid?: number; properties?: Properties } = {},
): Buffer {
  const parts: Buffer[] = [field(topic)];
  if (qos > 0) parts.push(int16(mid));
  parts.push(encodeProperties(properties), Buffer.from(payload));
  return encode(PUBLISH, qos << 1, Buffer.concat(parts));
}

export function disconnect5(code = 0, properties: Properties | null = null): Buffer {
  const parts: Buffer[] = [Buffer.from([code])];
  if (properties !== null) parts.push(encodeProperties(properties));
  return encode(DISCONNECT, 0, Buffer.concat(parts));
}

export function auth5(code: number, properties: Properties): Buffer {
  return encode(AUTH, 0, Buffer.concat([Buffer.from([code]), encodeProperties(properties)]));
}

export interface Connect5 {
  protocol: string;
  level: number;
  flags: number;
  keepalive: number;
  properties: Properties;
  client_id: string;
  will: { properties: Properties; topic: string; payload: Buffer } | null;
  username: string | null;
  password: Buffer | null;
}

export function readConnect5({ body }: Packet): Connect5 {
  const reader = new Reader(body);
  const head = {
    protocol: reader.string(),
    level: reader.byte(),
    flags: reader.byte(),
    keepalive: reader.int16(),
    properties: reader.properties(),
    client_id: reader.string(),
  };
  const { flags } = head;
  const will =
    (flags & 4) === 0 ? null : { properties: reader.properties(), topic: reader.string(), payload: reader.binary() };
  const username = (flags & 128) === 0 ? null : reader.string();
  const password = (flags & 64) === 0 ? null : reader.binary();
  if (reader.left !== 0) throw new Error(`${reader.left} bytes behind the CONNECT packet`);
  return { ...head, will, username, password };
}

export interface Publish5 {
  topic: string;
  qos: number;
  retain: boolean;
  mid: number;
  properties: Properties;
  payload: Buffer;
}

export function readPublish5({ flags, body }: Packet): Publish5 {
  const reader = new Reader(body);
  const topic = reader.string();
  const qos = (flags >> 1) & 3;
  const mid = qos > 0 ? reader.int16() : 0;
  const properties = reader.properties();
  return { topic, qos, retain: (flags & 1) !== 0, mid, properties, payload: reader.bytes(reader.left) };
}

export interface Subscribe5 {
  mid: number;
  properties: Properties;
  filters: Array<[filter: string, options: number]>;
}

export function readSubscribe5({ body }: Packet): Subscribe5 {
  const reader = new Reader(body);
  const head = { mid: reader.int16(), properties: reader.properties() };
  const filters: Array<[string, number]> = [];
  while (reader.left > 0) filters.push([reader.string(), reader.byte()]);
  return { ...head, filters };
}

export function readUnsubscribe5({ body }: Packet): { mid: number; properties: Properties; filters: string[] } {
  const reader = new Reader(body);
  const head = { mid: reader.int16(), properties: reader.properties() };
  const filters: string[] = [];
  while (reader.left > 0) filters.push(reader.string());
  return { ...head, filters };
}

/** DISCONNECT or AUTH: without a code it is 0, and without a length there are no properties. */
export function readReason5({ body }: Packet): { code: number; properties: Properties } {
  const reader = new Reader(body);
  const code = reader.left > 0 ? reader.byte() : 0;
  return { code, properties: reader.left > 0 ? reader.properties() : {} };
}

/** Receives CONNECT and answers it in MQTT 5. */
export async function accept5(peer: Peer, properties: Properties = {}, session_present = false): Promise<Connect5> {
  const packet = await peer.nextOf(CONNECT);
  peer.send(connack5(0, properties, session_present));
  return readConnect5(packet);
}
