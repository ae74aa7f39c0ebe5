// Generated from scripts/events/records.json by scripts/generate-events.mjs: do not edit.
//
// The records of a client's events. A record is a sequence of 32-bit words in native byte order, then bytes, padded to a
// multiple of four. Word 0 is the kind, word 1 the length of the record in bytes. deliver_record() reads the others.

import {
  type DecodableBuffer,
  read_bytes_or_null,
  read_codes,
  read_text,
  read_text_or_null,
  unknown_kind,
} from './event-fields';
import { read_message } from './event-message';
import type { MosquittoMessage } from './message';
import type { Properties } from './properties';
import { read_properties } from './property-bytes';

/** Each callback, with the number of its event: bit `1 << number` of listen(). */
export const CALLBACK_KINDS = {
  on_connect: 1,
  on_disconnect: 2,
  on_publish: 3,
  on_message: 4,
  on_subscribe: 5,
  on_unsubscribe: 6,
  on_log: 7,
  on_pre_connect: 9,
  on_ext_auth: 10,
  on_dropped: 15,
} as const;

export type CallbackName = keyof typeof CALLBACK_KINDS;

// [2] mid, [3] count, [4] reason_code. Stands for `count` publish records without properties, whose mids follow one
// another from `mid` on.
export const PUBLICATIONS = 12;
export const PUBLICATIONS_MID = 2;
export const PUBLICATIONS_COUNT = 3;
export const PUBLICATIONS_REASON_CODE = 4;

/** Receives the events of one client. */
export interface EventReceiver {
  /** False once its client was destroyed or reinitialised. The rest of the batch is dropped then. */
  readonly open: boolean;
  /** The topics that arrived with a number, by their numbers. Later messages refer to them. */
  readonly topics: string[];
  connect(rc: number, flags: number, properties: Properties | null): void;
  disconnect(rc: number, properties: Properties | null): void;
  publish(mid: number, reason_code: number, properties: Properties | null): void;
  message(msg: MosquittoMessage): void;
  subscribe(mid: number, qos_list: number[], properties: Properties | null): void;
  unsubscribe(mid: number, reason_codes: number[], properties: Properties | null): void;
  log(level: number, text: string): void;
  loop_end(rc: number): void;
  pre_connect(): void;
  ext_auth(method: string | null, data: Buffer | null, properties: Properties | null): void;
  look_up(question: number, domain: string): void;
  flushed(question: number, rc: number): void;
  dropped(messages: number, subscribes: number, unsubscribes: number): void;
}

/** Reads the record at `at`, a multiple of four, and gives it to the receiver. */
export function deliver_record(
  batch: ArrayBuffer,
  words: Int32Array,
  bytes: DecodableBuffer,
  at: number,
  receiver: EventReceiver,
): void {
  const first = at >> 2;
  const kind = words[first];
  switch (kind) {
    // connect: [2] rc, [3] flags, [4] bytes of properties; properties.
    case 1: {
      const rc = words[first + 2] ?? 0;
      const flags = words[first + 3] ?? 0;
      const properties_bytes = words[first + 4] ?? 0;
      receiver.connect(rc, flags, read_properties(bytes, at + 20, properties_bytes));
      break;
    }
    // disconnect: [2] rc, [3] bytes of properties; properties.
    case 2: {
      const rc = words[first + 2] ?? 0;
      const properties_bytes = words[first + 3] ?? 0;
      receiver.disconnect(rc, read_properties(bytes, at + 16, properties_bytes));
      break;
    }
    // publish: [2] mid, [3] reason_code, [4] bytes of properties; properties.
    case 3: {
      const mid = words[first + 2] ?? 0;
      const reason_code = words[first + 3] ?? 0;
      const properties_bytes = words[first + 4] ?? 0;
      receiver.publish(mid, reason_code, read_properties(bytes, at + 20, properties_bytes));
      break;
    }
    // message: [2] mid, [3] flags, [4] bytes of topic, [5] bytes of payload, [6] bytes of properties, [7] number;
    // topic, payload, properties. `number` is the topic's number in topic_table.h, -1 for none. A topic of no bytes is
    // the one that last came with this number.
    case 4: {
      const mid = words[first + 2] ?? 0;
      const flags = words[first + 3] ?? 0;
      const topic_bytes = words[first + 4] ?? 0;
      const payload_bytes = words[first + 5] ?? 0;
      const properties_bytes = words[first + 6] ?? 0;
      const number = words[first + 7] ?? 0;
      const value = read_message(
        batch,
        bytes,
        at + 32,
        receiver.topics,
        mid,
        flags & 3,
        (flags & 4) !== 0,
        (flags & 8) !== 0,
        topic_bytes,
        payload_bytes,
        properties_bytes,
        number,
      );
      receiver.message(value);
      break;
    }
    // subscribe: [2] mid, [3] bytes of qos_list, [4] bytes of properties; qos_list, properties.
    case 5: {
      const mid = words[first + 2] ?? 0;
      const qos_list_bytes = words[first + 3] ?? 0;
      const properties_bytes = words[first + 4] ?? 0;
      receiver.subscribe(
        mid,
        read_codes(bytes, at + 20, qos_list_bytes),
        read_properties(bytes, at + 20 + qos_list_bytes, properties_bytes),
      );
      break;
    }
    // unsubscribe: [2] mid, [3] bytes of reason_codes, [4] bytes of properties; reason_codes, properties.
    case 6: {
      const mid = words[first + 2] ?? 0;
      const reason_codes_bytes = words[first + 3] ?? 0;
      const properties_bytes = words[first + 4] ?? 0;
      receiver.unsubscribe(
        mid,
        read_codes(bytes, at + 20, reason_codes_bytes),
        read_properties(bytes, at + 20 + reason_codes_bytes, properties_bytes),
      );
      break;
    }
    // log: [2] level, [3] bytes of text; text. MOSQ_LOG_INTERNAL is the sign bit of `level`, which is unsigned in C.
    case 7: {
      const level = (words[first + 2] ?? 0) >>> 0;
      const text_bytes = words[first + 3] ?? 0;
      receiver.log(level, read_text(bytes, at + 16, text_bytes));
      break;
    }
    // loop_end: [2] rc. A loop of loop_forever() has ended.
    case 8: {
      const rc = words[first + 2] ?? 0;
      receiver.loop_end(rc);
      break;
    }
    // pre_connect: nothing. The attempt to connect waits until pre_connect_done() is called.
    case 9:
      receiver.pre_connect();
      break;
    // ext_auth: [2] bytes of method, -1 for null, [3] bytes of data, -1 for null, [4] bytes of properties; method,
    // data, properties. The connection waits until ext_auth_result() is called.
    case 10: {
      const method_bytes = words[first + 2] ?? 0;
      const data_bytes = words[first + 3] ?? 0;
      const properties_bytes = words[first + 4] ?? 0;
      receiver.ext_auth(
        read_text_or_null(bytes, at + 20, method_bytes),
        read_bytes_or_null(bytes, at + 20 + Math.max(0, method_bytes), data_bytes),
        read_properties(bytes, at + 20 + Math.max(0, method_bytes) + Math.max(0, data_bytes), properties_bytes),
      );
      break;
    }
    // look_up: [2] question, [3] bytes of domain; domain. The attempt to connect waits for the servers that the SRV
    // records of `domain` name.
    case 11: {
      const question = words[first + 2] ?? 0;
      const domain_bytes = words[first + 3] ?? 0;
      receiver.look_up(question, read_text(bytes, at + 16, domain_bytes));
      break;
    }
    // flushed: [2] question, [3] rc. The answer to flush(), which gave the number of the question.
    case 13: {
      const question = words[first + 2] ?? 0;
      const rc = words[first + 3] ?? 0;
      receiver.flushed(question, rc);
      break;
    }
    // dropped: [2] messages, [3] subscribes, [4] unsubscribes.
    case 15: {
      const messages = words[first + 2] ?? 0;
      const subscribes = words[first + 3] ?? 0;
      const unsubscribes = words[first + 4] ?? 0;
      receiver.dropped(messages, subscribes, unsubscribes);
      break;
    }
    default:
      throw unknown_kind(kind);
  }
}
