// Assigns processors to the client and to the other end.

import { availableParallelism } from 'node:os';
import type { Command } from './process';

/** The processors, in the syntax of taskset: the last one for the other end, the rest for the client. */
export function processorsOf(side: 'client' | 'other end', count = availableParallelism()): string {
  if (count === 1) return '0';
  return side === 'client' ? `0-${count - 2}` : String(count - 1);
}

export function onProcessors(side: 'client' | 'other end', { file, args }: Command): Command {
  return { file: 'taskset', args: ['-c', processorsOf(side), file, ...args] };
}
