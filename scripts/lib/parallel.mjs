import { availableParallelism } from 'node:os';

/**
 * Does the work for each item, for as many at a time as there are processors. Resolves when all are done.
 * @template T
 * @param {readonly T[]} items
 * @param {(item: T) => Promise<void>} work
 */
export async function inParallel(items, work) {
  const waiting = items.values();
  const worker = async () => {
    // The workers share one iterator.
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}
