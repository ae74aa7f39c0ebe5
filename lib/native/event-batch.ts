// Delivers the events of a client to JavaScript. The C callbacks of a client run inside calls of libmosquitto, where no
// JavaScript may run. The addon therefore records their arguments. After the call it passes many records to JavaScript at
// once: this is a batch. This file reads a batch, and event-records.ts reads one record.

import { markAsUntransferable } from 'node:worker_threads';
import type { DecodableBuffer } from './event-fields';
import {
  deliver_record,
  type EventReceiver,
  PUBLICATIONS,
  PUBLICATIONS_COUNT,
  PUBLICATIONS_MID,
  PUBLICATIONS_REASON_CODE,
} from './event-records';

export interface BatchReceiver extends EventReceiver {
  /** False when publish() would reach no callback. It need not be called then. */
  readonly hears_publish?: boolean;
}

/**
 * Delivers the records of a batch to a receiver, one after the other. An exception of the receiver goes to `failed`, and
 * the next record follows. Throws only when the batch itself is malformed, which is a bug.
 */
export function deliver_events(batch: ArrayBuffer, receiver: BatchReceiver, failed: (error: unknown) => void): void {
  const words = new Int32Array(batch);
  const bytes = Buffer.from(batch) as DecodableBuffer;
  // The payloads of a batch share its memory. The transfer of one to another thread would detach the memory of all.
  markAsUntransferable(batch);

  const end = batch.byteLength;
  for (let at = 0; at < end && receiver.open; ) {
    const first = at >> 2;
    const length = words[first + 1] ?? 0;
    if (length < 8 || (length & 3) !== 0 || length > end - at) {
      throw new Error(`event of ${length} bytes at ${at} in a batch of ${end}`);
    }
    if (words[first] === PUBLICATIONS) {
      deliver_publications(words, first, receiver, failed);
    } else {
      try {
        deliver_record(batch, words, bytes, at, receiver);
      } catch (error) {
        failed(error);
      }
    }
    at += length;
  }
}

/** Calls publish() once for each publication. An exception of one call does not stop the others. */
function deliver_publications(
  words: Int32Array,
  first: number,
  receiver: BatchReceiver,
  failed: (error: unknown) => void,
): void {
  if (receiver.hears_publish === false) return;
  const first_mid = words[first + PUBLICATIONS_MID] ?? 0;
  const count = words[first + PUBLICATIONS_COUNT] ?? 0;
  const reason_code = words[first + PUBLICATIONS_REASON_CODE] ?? 0;
  for (let mid = first_mid; mid < first_mid + count && receiver.open; mid++) {
    try {
      receiver.publish(mid, reason_code, null);
    } catch (error) {
      failed(error);
    }
  }
}
