import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';

export const HANDSHAKE = 22;
export const APPLICATION_DATA = 23;
const CIPHER = 'aes-128-gcm';
const HEADER_BYTES = 5;
const TAG_BYTES = 16;
const NONCE_BYTES = 12;

/** Counts and makes the records that a server of TLS 1.3 sends after its handshake, with TLS_AES_128_GCM_SHA256. */
export class ServerRecords {
  #secret: Buffer | null = null;
  #unread: Buffer = Buffer.alloc(0);
  #sent = 0;

  /** A line of the server's event 'keylog'. */
  learn(line: Buffer): void {
    const secret = /^SERVER_TRAFFIC_SECRET_0 \S+ (\S+)/.exec(line.toString())?.[1];
    if (secret !== undefined) this.#secret = Buffer.from(secret, 'hex');
  }

  /** Counts the records in bytes that the server has sent, in any pieces. */
  count(bytes: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, bytes]);
    while (this.#unread.length >= HEADER_BYTES) {
      const length = HEADER_BYTES + this.#unread.readUInt16BE(3);
      if (this.#unread.length < length) return;
      if (this.#opens(this.#unread.subarray(0, length))) this.#sent += 1;
      this.#unread = this.#unread.subarray(length);
    }
  }

  /** Makes the server's next record. */
  seal(type: number, content: Uint8Array): Buffer {
    const header = Buffer.from([APPLICATION_DATA, 3, 3, 0, 0]);
    header.writeUInt16BE(content.length + 1 + TAG_BYTES, 3);
    const cipher = createCipheriv(CIPHER, this.#expand('key', 16), this.#nonce());
    cipher.setAAD(header);
    const sealed = Buffer.concat([cipher.update(content), cipher.update(Buffer.of(type)), cipher.final()]);
    this.#sent += 1;
    return Buffer.concat([header, sealed, cipher.getAuthTag()]);
  }

  /** The records of the handshake have other keys. */
  #opens(record: Buffer): boolean {
    if (this.#secret === null || record[0] !== APPLICATION_DATA) return false;
    const decipher = createDecipheriv(CIPHER, this.#expand('key', 16), this.#nonce());
    decipher.setAAD(record.subarray(0, HEADER_BYTES));
    decipher.setAuthTag(record.subarray(-TAG_BYTES));
    decipher.update(record.subarray(HEADER_BYTES, -TAG_BYTES));
    try {
      decipher.final();
      return true;
    } catch {
      return false;
    }
  }

  #nonce(): Buffer {
    const nonce = this.#expand('iv', NONCE_BYTES);
    nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ this.#sent) >>> 0, 8);
    return nonce;
  }

  /** HKDF-Expand-Label() of RFC 8446, for an output of at most one block. */
  #expand(name: string, length: number): Buffer {
    if (this.#secret === null) throw new Error('the server has not told its secret');
    const label = `tls13 ${name}`;
    const info = Buffer.concat([Buffer.from([0, length, label.length]), Buffer.from(label), Buffer.from([0, 1])]);
    return createHmac('sha256', this.#secret).update(info).digest().subarray(0, length);
  }
}
