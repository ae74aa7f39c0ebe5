// Creates the message object that on_message gets, from the event record of a received message.

import type { DecodableBuffer } from './event-fields';
import type { MosquittoMessage, QoS } from './message';
import { read_properties } from './property-bytes';

interface BufferClass {
  new (memory: ArrayBuffer, at: number, length: number): Buffer;
  new (copied: Buffer): Buffer;
}

/** The class behind Buffer. Its constructor skips the checks of Buffer.from(), which take longer than the rest. */
const PlainBuffer = (Buffer as unknown as { [Symbol.species]: BufferClass })[Symbol.species];

/**
 * A payload of up to this size gets memory of its own. A program that stores such a payload then does not keep the whole
 * batch in memory. V8 puts this memory beside the object, which costs as little as a view.
 */
const OWN_MEMORY_BYTES = 64;

const NO_BYTES = Buffer.alloc(0);

function read_payload(batch: ArrayBuffer, start: number, length: number): Buffer {
  if (length === 0) return NO_BYTES;
  const view = new PlainBuffer(batch, start, length);
  return length > OWN_MEMORY_BYTES ? view : new PlainBuffer(view);
}

/**
 * @param start of the topic in the batch; the payload and the properties follow
 * @param topics the topics that arrived with a number, by their numbers. The topic of this message is added if it has one
 * @param ascii whether the topic is ASCII, which decodes faster
 * @param topic_bytes 0 when the record has only the number of an earlier topic
 * @param number the topic's number, -1 for none
 */
export function read_message(
  batch: ArrayBuffer,
  bytes: DecodableBuffer,
  start: number,
  topics: string[],
  mid: number,
  qos: number,
  retain: boolean,
  ascii: boolean,
  topic_bytes: number,
  payload_bytes: number,
  properties_bytes: number,
  number: number,
): MosquittoMessage {
  const topic_end = start + topic_bytes;
  let topic = topics[number];
  if (topic_bytes !== 0) {
    topic = ascii ? bytes.latin1Slice(start, topic_end) : bytes.utf8Slice(start, topic_end);
    if (number >= 0) topics[number] = topic;
  } else if (topic === undefined) {
    throw new Error(`a message refers to topic ${number}, which has not come`);
  }
  return {
    mid,
    topic,
    payload: read_payload(batch, topic_end, payload_bytes),
    payloadlen: payload_bytes,
    qos: qos as QoS,
    retain,
    properties: read_properties(bytes, topic_end + payload_bytes, properties_bytes),
  };
}
