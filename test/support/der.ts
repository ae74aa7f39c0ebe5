// Reads and writes DER, as far as a test needs it to change a signed structure and to sign it again.

/** The elements in the content of a constructed element, each with its tag and length. */
export function elements(content: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < content.length; ) {
    const { header, length } = measure(content.subarray(at));
    found.push(content.subarray(at, at + header + length));
    at += header + length;
  }
  return found;
}

/** The content behind an element's tag and length. */
export function contentOf(element: Buffer): Buffer {
  const { header, length } = measure(element);
  return element.subarray(header, header + length);
}

/** An element with this tag. */
export function wrap(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  if (body.length < 128) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  const bytes = length.subarray(length.findIndex((byte) => byte !== 0));
  return Buffer.concat([Buffer.from([tag, 0x80 | bytes.length]), bytes, body]);
}

function measure(element: Buffer): { header: number; length: number } {
  const first = element.readUInt8(1);
  if (first < 128) return { header: 2, length: first };
  const bytes = first & 0x7f;
  return { header: 2 + bytes, length: element.readUIntBE(2, bytes) };
}
