import { readFileSync } from 'node:fs';

/** The largest number of open files of a process: every program here raises its limit to it. */
export function descriptorLimit(): number {
  const line = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  return line === 'unlimited' ? Number.POSITIVE_INFINITY : Number(line);
}
