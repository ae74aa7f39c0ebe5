// Types of the messages that are published and received.

import type { Properties } from './properties';

/** `null` or `undefined` is a zero-length message; a string is sent as UTF-8; anything else as its bytes. */
export type Payload = string | ArrayBuffer | ArrayBufferView | null | undefined;

/** Quality of service: 0 at most once, 1 at least once, 2 exactly once. */
export type QoS = 0 | 1 | 2;

/** A message as it was received: C's `struct mosquitto_message`. */
export interface MosquittoMessage {
  /** Message id, 1 to 65535; 0 for QoS 0. */
  readonly mid: number;
  /** The topic that it was published to, without wildcards. */
  readonly topic: string;
  /**
   * The payload; of length zero when the message has none. A payload of more than 64 bytes shares its memory with messages
   * that arrived together with it (16 KiB, or one larger message). Copy it with `Buffer.from(msg.payload)` before you
   * store it for long or send it to another thread.
   */
  readonly payload: Buffer;
  /** Bytes in `payload`. */
  readonly payloadlen: number;
  /** The QoS with which the broker sent it. */
  readonly qos: QoS;
  /** True for a message that the broker had stored when the subscription was made. */
  readonly retain: boolean;
  /** MQTT 5; null when there are none. */
  readonly properties: Properties | null;
}
