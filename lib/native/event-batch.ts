import { markAsUntransferable } from 'node:worker_threads';
import type { MosquittoMessage, QoS } from './message';
import type { Properties } from './properties';
import { read_properties } from './property-bytes';

// The events of one client, as native/driver/event_batch.h records them: 32-bit words in native byte order, then
// bytes, padded to a multiple of four.
//
//   word 0: kind; word 1: length of the record in bytes, this header included
//   CONNECT       [2] rc  [3] flags [4] bytes of properties; properties
//   DISCONNECT    [2] rc  [3] bytes of properties; properties
//   PUBLISH       [2] mid [3] reason code [4] bytes of properties; properties
//   MESSAGE       [2] mid [3] bits 0-1 qos, 2 retain, 3 the topic is ASCII
//                 [4] bytes of the topic [5] of the payload [6] of properties
//                 [7] the topic's number in topic_table.h, -1 for none; topic, payload, properties.
//                 A topic of no bytes is the one that last came with this number.
//   SUBSCRIBE     [2] mid [3] bytes of codes [4] of properties; codes, 1 byte each; properties
//   UNSUBSCRIBE   as SUBSCRIBE
//   LOG           [2] level [3] bytes of the text; text
//   LOOP_END      [2] rc
//   PRE_CONNECT   nothing; the attempt to connect waits until JavaScript has seen it
//   EXT_AUTH      [2] bytes of the method, -1 for none [3] of data, -1 for none
//                 [4] of properties; these three
//   LOOK_UP       [2] number of the question [3] bytes of the domain; domain. The attempt to connect waits for the
//                 servers that its SRV records name
//   PUBLICATIONS  [2] the first mid [3] count [4] reason code: as many PUBLISH records, with mids that follow one
//                 another, this reason code and no properties
//   FLUSHED       [2] number of the question [3] rc

export const CONNECT = 1;
export const DISCONNECT = 2;
export const PUBLISH = 3;
export const MESSAGE = 4;
export const SUBSCRIBE = 5;
export const UNSUBSCRIBE = 6;
export const LOG = 7;
export const LOOP_END = 8;
export const PRE_CONNECT = 9;
export const EXT_AUTH = 10;
export const LOOK_UP = 11;
export const PUBLICATIONS = 12;
export const FLUSHED = 13;

const QOS_BITS = 3;
const RETAIN_BIT = 4;
const ASCII_BIT = 8;
const MESSAGE_HEADER_BYTES = 32;
// Lengths of a record with two, and with three words of its own, without its bytes.
const TWO_WORDS_BYTES = 16;
const THREE_WORDS_BYTES = 20;

export interface EventReceiver {
  /** False as soon as its client was destroyed or reinitialised: what follows in the batch is for nobody. */
  readonly open: boolean;
  /** False when publish() reaches no callback, and so need not be called. */
  readonly hears_publish?: boolean;
  connect(rc: number, flags: number, properties: Properties | null): void;
  disconnect(rc: number, properties: Properties | null): void;
  publish(mid: number, reason_code: number, properties: Properties | null): void;
  message(message: MosquittoMessage): void;
  subscribe(mid: number, codes: number[], properties: Properties | null): void;
  unsubscribe(mid: number, codes: number[], properties: Properties | null): void;
  log(level: number, text: string): void;
  loop_end(rc: number): void;
  pre_connect(): void;
  ext_auth(method: string | null, data: Buffer | null, properties: Properties | null): void;
  look_up(question: number, domain: string): void;
  flushed?(question: number, rc: number): void;
  /** Topics by their numbers: those that came, and that later messages refer to. */
  readonly topics: string[];
}

// Decode without the dispatch on the encoding's name that Buffer's toString() does; every Buffer has both.
interface DecodableBuffer extends Buffer {
  latin1Slice(start: number, end: number): string;
  utf8Slice(start: number, end: number): string;
}

interface BufferClass {
  new (memory: ArrayBuffer, at: number, length: number): Buffer;
  new (copied: Buffer): Buffer;
}

/** The class behind Buffer: without the checks of Buffer.from(), which take longer than the rest. */
const PlainBuffer = (Buffer as unknown as { [Symbol.species]: BufferClass })[Symbol.species];

/**
 * A payload of up to this size gets memory of its own, so that one which is kept for long does not keep the whole
 * batch. V8 has it beside the object, which costs as little as a view.
 */
const OWN_MEMORY_BYTES = 64;

const NO_BYTES = Buffer.alloc(0);

/**
 * Hands the records of a batch to a receiver, one after the other. What the receiver throws goes to `failed`, and the
 * next record follows. Throws only when the batch itself makes no sense, which is a bug.
 */
export function deliver_events(batch: ArrayBuffer, receiver: EventReceiver, failed: (error: unknown) => void): void {
  const words = new Int32Array(batch);
  const bytes = Buffer.from(batch) as DecodableBuffer;
  // To transfer the memory of one payload to another thread would pull it from under the others.
  markAsUntransferable(batch);

  const end = batch.byteLength;
  for (let at = 0; at < end && receiver.open; ) {
    const length = words[(at >> 2) + 1] ?? 0;
    if (length < 8 || (length & 3) !== 0 || length > end - at) {
      throw new Error(`event of ${length} bytes at ${at} in a batch of ${end}`);
    }
    if (words[at >> 2] === PUBLICATIONS) {
      deliver_publications(words, (at >> 2) + 2, receiver, failed);
    } else {
      try {
        deliver(batch, words, bytes, at, receiver);
      } catch (error) {
        failed(error);
      }
    }
    at += length;
  }
}

/** `first`: the first of the record's own words. */
function deliver_publications(
  words: Int32Array,
  first: number,
  receiver: EventReceiver,
  failed: (error: unknown) => void,
): void {
  if (receiver.hears_publish === false) return;
  const first_mid = words[first] ?? 0;
  const count = words[first + 1] ?? 0;
  const reason_code = words[first + 2] ?? 0;
  for (let mid = first_mid; mid < first_mid + count && receiver.open; mid++) {
    try {
      receiver.publish(mid, reason_code, null);
    } catch (error) {
      failed(error);
    }
  }
}

function deliver(
  batch: ArrayBuffer,
  words: Int32Array,
  bytes: DecodableBuffer,
  at: number,
  receiver: EventReceiver,
): void {
  const first = at >> 2;
  const kind = words[first];
  const a = words[first + 2] ?? 0;
  const b = words[first + 3] ?? 0;
  const c = words[first + 4] ?? 0;
  switch (kind) {
    case MESSAGE:
      receiver.message(read_message(batch, words, bytes, at, receiver.topics));
      break;
    case PUBLISH:
      receiver.publish(a, b, read_properties(bytes, at + THREE_WORDS_BYTES, c));
      break;
    case CONNECT:
      receiver.connect(a, b, read_properties(bytes, at + THREE_WORDS_BYTES, c));
      break;
    case DISCONNECT:
      receiver.disconnect(a, read_properties(bytes, at + TWO_WORDS_BYTES, b));
      break;
    case SUBSCRIBE:
      receiver.subscribe(a, read_codes(bytes, at, b), read_properties(bytes, at + THREE_WORDS_BYTES + b, c));
      break;
    case UNSUBSCRIBE:
      receiver.unsubscribe(a, read_codes(bytes, at, b), read_properties(bytes, at + THREE_WORDS_BYTES + b, c));
      break;
    case LOG:
      // MOSQ_LOG_INTERNAL is the sign bit: levels are unsigned in C.
      receiver.log(a >>> 0, read_text(bytes, at, b));
      break;
    case LOOP_END:
      receiver.loop_end(a);
      break;
    case PRE_CONNECT:
      receiver.pre_connect();
      break;
    case EXT_AUTH:
      deliver_ext_auth(bytes, at + THREE_WORDS_BYTES, a, b, c, receiver);
      break;
    case LOOK_UP:
      receiver.look_up(a, read_text(bytes, at, b));
      break;
    case FLUSHED:
      receiver.flushed?.(a, b);
      break;
    default:
      throw new Error(`event of unknown kind ${kind}: the addon and the package's JavaScript differ in version`);
  }
}

/** The text of a record with two words of its own. */
function read_text(bytes: DecodableBuffer, at: number, length: number): string {
  return bytes.utf8Slice(at + TWO_WORDS_BYTES, at + TWO_WORDS_BYTES + length);
}

function read_codes(bytes: Buffer, at: number, count: number): number[] {
  return Array.from(bytes.subarray(at + THREE_WORDS_BYTES, at + THREE_WORDS_BYTES + count));
}

function deliver_ext_auth(
  bytes: DecodableBuffer,
  start: number,
  method_bytes: number,
  data_bytes: number,
  properties_bytes: number,
  receiver: EventReceiver,
): void {
  const method_end = start + Math.max(0, method_bytes);
  const data_end = method_end + Math.max(0, data_bytes);
  receiver.ext_auth(
    method_bytes < 0 ? null : bytes.utf8Slice(start, method_end),
    data_bytes < 0 ? null : Buffer.from(bytes.subarray(method_end, data_end)),
    read_properties(bytes, data_end, properties_bytes),
  );
}

function read_payload(batch: ArrayBuffer, start: number, length: number): Buffer {
  if (length === 0) return NO_BYTES;
  const view = new PlainBuffer(batch, start, length);
  return length > OWN_MEMORY_BYTES ? view : new PlainBuffer(view);
}

function read_message(
  batch: ArrayBuffer,
  words: Int32Array,
  bytes: DecodableBuffer,
  at: number,
  topics: string[],
): MosquittoMessage {
  const first = at >> 2;
  const bits = words[first + 3] ?? 0;
  const payloadlen = words[first + 5] ?? 0;
  const number = words[first + 7] ?? -1;
  const topic_start = at + MESSAGE_HEADER_BYTES;
  const topic_end = topic_start + (words[first + 4] ?? 0);
  let topic = topics[number];
  if (topic_start !== topic_end) {
    topic =
      (bits & ASCII_BIT) === 0 ? bytes.utf8Slice(topic_start, topic_end) : bytes.latin1Slice(topic_start, topic_end);
    if (number >= 0) topics[number] = topic;
  } else if (topic === undefined) {
    throw new Error(`a message refers to topic ${number}, which has not come`);
  }
  return {
    mid: words[first + 2] ?? 0,
    topic,
    payload: read_payload(batch, topic_end, payloadlen),
    payloadlen,
    qos: (bits & QOS_BITS) as QoS,
    retain: (bits & RETAIN_BIT) !== 0,
    properties: read_properties(bytes, topic_end + payloadlen, words[first + 6] ?? 0),
  };
}
