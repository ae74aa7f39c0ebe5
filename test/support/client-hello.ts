/** Returns the server name (SNI) in the first record of a TLS connection, a ClientHello; null when it has none. */
export function serverNameOf(record: Buffer): string | null {
  const [recordHeader, messageHeader, version, random] = [5, 4, 2, 32];
  if (record.readUInt8(0) !== 0x16 || record.readUInt8(recordHeader) !== 1) throw new Error('no ClientHello');
  let at = recordHeader + messageHeader + version + random;
  at += 1 + record.readUInt8(at); // session id
  at += 2 + record.readUInt16BE(at); // cipher suites
  at += 1 + record.readUInt8(at); // compression
  const end = at + 2 + record.readUInt16BE(at);
  at += 2;
  while (at < end) {
    const type = record.readUInt16BE(at);
    const length = record.readUInt16BE(at + 2);
    at += 4;
    // A list with one entry: its length, the kind of name, the length of the name, the name.
    if (type === 0) return record.toString('latin1', at + 5, at + length);
    at += length;
  }
  return null;
}

/** Whether the first record is complete. */
export function isWhole(bytes: Buffer): boolean {
  return bytes.length >= 5 && bytes.length >= 5 + bytes.readUInt16BE(3);
}
