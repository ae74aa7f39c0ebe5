import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto';
import type { Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { ByteReader } from './byte-reader';
import { rawServerFor } from './raw-server';
import { defer } from './scope';
import type { Address } from './traffic';

// A scripted server of TLS 1.2, for faults that no other server makes: RFC 5246, with a pre-shared key (RFC 4279)
// and AES-GCM (RFC 5288). It reads only the parts of the client's messages that its answers need, and checks nothing.

export const HANDSHAKE = 22;
export const APPLICATION_DATA = 23;
const CHANGE_CIPHER_SPEC = 20;
const HEADER = 5;
const KEY = 16;
const SALT = 4;
const RANDOM = Buffer.alloc(32, 7);
const PSK_WITH_AES_128_GCM_SHA256 = 0x00a8;

/** A connection whose handshake is complete. */
export interface PskPeer {
  readonly socket: Socket;
  /** The bytes of the next record. */
  seal(type: number, content: Uint8Array): Buffer;
}

export async function pskServerFor(t: TestContext, psk: string, use: (peer: PskPeer) => void): Promise<Address> {
  let failure: unknown = null;
  defer(t, () => {
    if (failure !== null) throw failure;
  });
  return rawServerFor(t, (socket) => {
    accept(socket, Buffer.from(psk, 'hex')).then(use, (error: unknown) => {
      failure ??= error;
    });
  });
}

async function accept(socket: Socket, psk: Buffer): Promise<PskPeer> {
  const reader = new ByteReader(socket);
  const hello = await recordAt(reader, 0);
  const serverHello = message(2, [
    Buffer.of(3, 3),
    RANDOM,
    Buffer.of(0), // no session
    number(PSK_WITH_AES_128_GCM_SHA256, 2),
    Buffer.of(0), // no compression
    block(2, Buffer.of(0xff, 1, 0, 1, 0)), // secure renegotiation
  ]);
  const done = message(14, []);
  socket.write(Buffer.concat([record(HANDSHAKE, serverHello), record(HANDSHAKE, done)]));

  const exchange = await recordAt(reader, hello.end);
  const change = await recordAt(reader, exchange.end);
  const finished = await recordAt(reader, change.end);
  const clientRandom = hello.content.subarray(6, 6 + RANDOM.length);
  const premaster = Buffer.concat([block(2, Buffer.alloc(psk.length)), block(2, psk)]);
  const master = prf(premaster, 'master secret', Buffer.concat([clientRandom, RANDOM]), 48);
  const keys = prf(master, 'key expansion', Buffer.concat([RANDOM, clientRandom]), 2 * (KEY + SALT));
  const own = { key: keys.subarray(KEY, 2 * KEY), salt: keys.subarray(2 * KEY + SALT) };
  const clients = { key: keys.subarray(0, KEY), salt: keys.subarray(2 * KEY, 2 * KEY + SALT) };

  const said = [hello.content, serverHello, done, exchange.content, opened(clients, finished.content)];
  const digest = createHash('sha256').update(Buffer.concat(said)).digest();
  let sequence = 0;
  const seal = (type: number, content: Uint8Array): Buffer => sealed(own, sequence++, type, content);
  const last = message(20, [prf(master, 'server finished', digest, 12)]);
  socket.write(Buffer.concat([record(CHANGE_CIPHER_SPEC, Buffer.of(1)), seal(HANDSHAKE, last)]));
  return { socket, seal };
}

function number(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer;
}

/** Bytes with their length in front. */
function block(lengthBytes: number, content: Buffer): Buffer {
  return Buffer.concat([number(content.length, lengthBytes), content]);
}

function message(type: number, parts: Buffer[]): Buffer {
  return Buffer.concat([Buffer.of(type), block(3, Buffer.concat(parts))]);
}

export function record(type: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.of(type, 3, 3), block(2, content)]);
}

async function recordAt(reader: ByteReader, begin: number): Promise<{ content: Buffer; end: number }> {
  await reader.length(begin + HEADER);
  const end = begin + HEADER + reader.bytes.readUInt16BE(begin + HEADER - 2);
  await reader.length(end);
  return { content: reader.bytes.subarray(begin + HEADER, end), end };
}

function prf(secret: Buffer, label: string, seed: Buffer, length: number): Buffer {
  const hmac = (bytes: Buffer): Buffer => createHmac('sha256', secret).update(bytes).digest();
  const labelled = Buffer.concat([Buffer.from(label), seed]);
  const parts: Buffer[] = [];
  for (let at = hmac(labelled); parts.length * at.length < length; at = hmac(at)) {
    parts.push(hmac(Buffer.concat([at, labelled])));
  }
  return Buffer.concat(parts).subarray(0, length);
}

interface Keys {
  readonly key: Buffer;
  readonly salt: Buffer;
}

function sealed({ key, salt }: Keys, sequence: number, type: number, content: Uint8Array): Buffer {
  const nonce = number(sequence, 6);
  const explicit = Buffer.concat([Buffer.alloc(2), nonce]);
  const cipher = createCipheriv('aes-128-gcm', key, Buffer.concat([salt, explicit]));
  cipher.setAAD(Buffer.concat([explicit, Buffer.of(type, 3, 3), number(content.length, 2)]));
  return record(type, Buffer.concat([explicit, cipher.update(content), cipher.final(), cipher.getAuthTag()]));
}

/** Decrypts a record of the client, without a check of its tag. */
function opened({ key, salt }: Keys, content: Buffer): Buffer {
  const decipher = createDecipheriv('aes-128-gcm', key, Buffer.concat([salt, content.subarray(0, 8)]));
  return decipher.update(content.subarray(8, -16));
}
