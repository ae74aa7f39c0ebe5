import { createHash } from 'node:crypto';

// Encodes and decodes WebSocket handshakes and frames (RFC 6455), as far as a gateway in front of a broker needs it.

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
export const CONTINUATION = 0;
export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

/** A server's answer to a client's Sec-WebSocket-Key. */
export function acceptKey(key: string): string {
  return createHash('sha1')
    .update(key + GUID)
    .digest('base64');
}

/** A server's answer that accepts a request for a WebSocket with MQTT, with additional lines if there are any. */
export function consentTo(request: string, more: readonly string[] = []): string {
  const key = /Sec-WebSocket-Key: (.*)\r\n/.exec(request)?.[1] ?? '';
  return [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    ...more,
    `Sec-WebSocket-Accept: ${acceptKey(key)}`,
    'Sec-WebSocket-Protocol: mqtt',
    '\r\n',
  ].join('\r\n');
}

/** A frame of a server: not masked. */
export function frame(opcode: number, payload: Uint8Array, final = true): Buffer {
  const first = (final ? 0x80 : 0) | opcode;
  const { length } = payload;
  if (length < 126) return Buffer.concat([Buffer.from([first, length]), payload]);
  if (length < 65536) return Buffer.concat([Buffer.from([first, 126, length >> 8, length & 255]), payload]);
  const header = Buffer.alloc(10);
  header[0] = first;
  header[1] = 127;
  header.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([header, payload]);
}

export interface Frame {
  readonly final: boolean;
  readonly opcode: number;
  readonly masked: boolean;
  readonly payload: Buffer;
}

/** Reads the frames of a client from a stream of bytes. */
export class FrameReader {
  #pending: Buffer[] = [];
  #size = 0;

  /** The frames that are complete with this chunk. */
  push(chunk: Buffer): Frame[] {
    this.#pending.push(chunk);
    this.#size += chunk.length;
    const frames: Frame[] = [];
    for (let found = this.#next(); found !== null; found = this.#next()) frames.push(found);
    return frames;
  }

  #next(): Frame | null {
    const head = this.#peek(14);
    if (head.length < 2) return null;
    const first = head[0] ?? 0;
    const masked = ((head[1] ?? 0) & 0x80) !== 0;
    let length = (head[1] ?? 0) & 0x7f;
    let at = 2;
    if (length === 126) {
      if (head.length < 4) return null;
      length = head.readUInt16BE(2);
      at = 4;
    } else if (length === 127) {
      if (head.length < 10) return null;
      length = Number(head.readBigUInt64BE(2));
      at = 10;
    }
    const start = at + (masked ? 4 : 0);
    if (this.#size < start + length) return null;
    const bytes = this.#take(start + length);
    const payload = bytes.subarray(start);
    if (masked) unmask(payload, bytes.subarray(at, start));
    return { final: (first & 0x80) !== 0, opcode: first & 15, masked, payload };
  }

  /** Returns at most `count` bytes and leaves them in the buffer. */
  #peek(count: number): Buffer {
    const [first] = this.#pending;
    if (first !== undefined && first.length >= Math.min(count, this.#size)) return first.subarray(0, count);
    return Buffer.concat(this.#pending).subarray(0, count);
  }

  #take(count: number): Buffer {
    const all = Buffer.concat(this.#pending);
    this.#pending = [all.subarray(count)];
    this.#size = all.length - count;
    return Buffer.from(all.subarray(0, count));
  }
}

function unmask(payload: Buffer, mask: Buffer): void {
  for (let at = 0; at < payload.length; at++) payload[at] = (payload[at] ?? 0) ^ (mask[at & 3] ?? 0);
}
