// Reads the texts and byte arrays of event records. event-records.ts knows where they are in a record.

/** Buffer's decoders without the dispatch on the encoding's name that toString() does. Each Buffer has both. */
export interface DecodableBuffer extends Buffer {
  latin1Slice(start: number, end: number): string;
  utf8Slice(start: number, end: number): string;
}

export function read_text(bytes: DecodableBuffer, start: number, length: number): string {
  return bytes.utf8Slice(start, start + length);
}

/** A negative length stands for null. */
export function read_text_or_null(bytes: DecodableBuffer, start: number, length: number): string | null {
  return length < 0 ? null : read_text(bytes, start, length);
}

/** Returns a copy. A negative length stands for null. */
export function read_bytes_or_null(bytes: Buffer, start: number, length: number): Buffer | null {
  return length < 0 ? null : Buffer.from(bytes.subarray(start, start + length));
}

/** Reads reason codes of one byte each. */
export function read_codes(bytes: Buffer, start: number, length: number): number[] {
  return Array.from(bytes.subarray(start, start + length));
}

export function unknown_kind(kind: number | undefined): Error {
  return new Error(`event of unknown kind ${kind}`);
}
