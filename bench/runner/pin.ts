import { availableParallelism } from 'node:os';
import type { Command } from './process';

/** Which processors, in the words of taskset: the last for the other end, the rest for the client. */
export function processorsOf(side: 'client' | 'other end', count = availableParallelism()): string {
  if (count === 1) return '0';
  return side === 'client' ? `0-${count - 2}` : String(count - 1);
}

export function onProcessors(side: 'client' | 'other end', { file, args }: Command): Command {
  return { file: 'taskset', args: ['-c', processorsOf(side), file, ...args] };
}
