/** The bytes of MQTT 3.1.1 that the scripted peer needs. */

export const CONNECT = 1;
export const CONNACK = 2;
export const PUBLISH = 3;
export const PUBACK = 4;
export const PUBREC = 5;
export const PUBREL = 6;
export const PUBCOMP = 7;
export const SUBSCRIBE = 8;
export const SUBACK = 9;
export const UNSUBSCRIBE = 10;
export const UNSUBACK = 11;
export const PINGREQ = 12;
export const PINGRESP = 13;
export const DISCONNECT = 14;

export interface Packet {
  readonly type: number;
  readonly flags: number;
  readonly body: Buffer;
}

export function encode(type: number, flags: number, body: Uint8Array): Buffer {
  const header = [(type << 4) | flags];
  let rest = body.length;
  do {
    const digit = rest % 128;
    rest = Math.floor(rest / 128);
    header.push(rest > 0 ? digit | 128 : digit);
  } while (rest > 0);
  return Buffer.concat([Buffer.from(header), body]);
}

/** Returns the first complete packet of `bytes` and its length, or null when more bytes are needed. */
export function decode(bytes: Buffer): { packet: Packet; length: number } | null {
  let size = 0;
  for (let at = 1; at < Math.min(bytes.length, 5); at++) {
    const digit = bytes[at] ?? 0;
    size += (digit & 127) * 128 ** (at - 1);
    if ((digit & 128) !== 0) continue;
    const length = at + 1 + size;
    if (bytes.length < length) return null;
    const first = bytes[0] ?? 0;
    return { packet: { type: first >> 4, flags: first & 15, body: bytes.subarray(at + 1, length) }, length };
  }
  return null;
}

/** Returns the least number of bytes that are missing from the incomplete packet `bytes`. */
export function missing(bytes: Buffer): number {
  const end = bytes.subarray(1, 5).findIndex((digit) => digit < 128);
  if (end < 0) return 1;
  const size = bytes.subarray(1, end + 2).reduce((sum, digit, place) => sum + (digit & 127) * 128 ** place, 0);
  return Math.max(1, end + 2 + size - bytes.length);
}

export function connack(code: number, session_present = false): Buffer {
  return encode(CONNACK, 0, Buffer.from([session_present ? 1 : 0, code]));
}

/** PUBACK, PUBREC, PUBREL, PUBCOMP or UNSUBACK. */
export function ack(type: number, mid: number): Buffer {
  return encode(type, type === PUBREL ? 2 : 0, Buffer.from([mid >> 8, mid & 255]));
}

export function suback(mid: number, codes: number[]): Buffer {
  return encode(SUBACK, 0, Buffer.from([mid >> 8, mid & 255, ...codes]));
}

export function pingresp(): Buffer {
  return encode(PINGRESP, 0, Buffer.alloc(0));
}

export function publish(
  topic: string,
  payload: Uint8Array | string,
  {
    qos = 0,
    mid = 0,
    retain = false,
    dup = false,
  }: { qos?: number; mid?: number; retain?: boolean; dup?: boolean } = {},
): Buffer {
  const name = Buffer.from(topic);
  const parts = [Buffer.from([name.length >> 8, name.length & 255]), name];
  if (qos > 0) parts.push(Buffer.from([mid >> 8, mid & 255]));
  parts.push(Buffer.from(payload));
  return encode(PUBLISH, (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0), Buffer.concat(parts));
}

/** Decodes a received PUBLISH. */
export function readPublish(packet: Packet): {
  topic: string;
  mid: number;
  qos: number;
  retain: boolean;
  dup: boolean;
  payload: Buffer;
} {
  const length = packet.body.readUInt16BE(0);
  const qos = (packet.flags >> 1) & 3;
  const end = 2 + length;
  return {
    topic: packet.body.toString('utf8', 2, end),
    qos,
    mid: qos > 0 ? packet.body.readUInt16BE(end) : 0,
    retain: (packet.flags & 1) !== 0,
    dup: (packet.flags & 8) !== 0,
    payload: packet.body.subarray(qos > 0 ? end + 2 : end),
  };
}

/** The message id of any packet that starts with one: acknowledgements, SUBSCRIBE, UNSUBSCRIBE. */
export function readMid(packet: Packet): number {
  return packet.body.readUInt16BE(0);
}

/** Decodes a received CONNECT. */
export function readConnect(packet: Packet): {
  protocol: string;
  level: number;
  clean: boolean;
  keepalive: number;
  client_id: string;
  will: { topic: string; payload: Buffer; qos: number; retain: boolean } | null;
  username: string | null;
  password: Buffer | null;
} {
  const { body } = packet;
  let at = 0;
  const field = (): Buffer => {
    const length = body.readUInt16BE(at);
    at += 2 + length;
    return body.subarray(at - length, at);
  };
  const protocol = field().toString();
  const level = body.readUInt8(at);
  const flags = body.readUInt8(at + 1);
  const keepalive = body.readUInt16BE(at + 2);
  at += 4;
  const client_id = field().toString();
  const will =
    (flags & 4) === 0
      ? null
      : { topic: field().toString(), payload: field(), qos: (flags >> 3) & 3, retain: (flags & 32) !== 0 };
  const username = (flags & 128) === 0 ? null : field().toString();
  const password = (flags & 64) === 0 ? null : field();
  return { protocol, level, clean: (flags & 2) !== 0, keepalive, client_id, will, username, password };
}
