import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** What Linux tells about a process: the parts that leaks show up in. */

type Pid = number | 'self';

/** What each open descriptor of the process is, such as 'socket:[4711]'. */
export function descriptors(pid: Pid = 'self'): string[] {
  const folder = `/proc/${pid}/fd`;
  const targets: string[] = [];
  for (const name of readdirSync(folder)) {
    try {
      targets.push(readlinkSync(`${folder}/${name}`));
    } catch {
      // The descriptor that listed the folder is closed by now.
    }
  }
  return targets;
}

/** What one descriptor of this process is. */
export function descriptor(fd: number): string {
  return readlinkSync(`/proc/self/fd/${fd}`);
}

export function sockets(pid: Pid = 'self'): string[] {
  return descriptors(pid).filter((target) => target.startsWith('socket:'));
}

export function threadCount(pid: Pid = 'self'): number {
  return readdirSync(`/proc/${pid}/task`).length;
}

/** KiB of memory: resident now, or at its highest so far. */
export function memory(field: 'VmRSS' | 'VmHWM', pid: Pid = 'self'): number {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (found?.[1] === undefined) throw new Error(`/proc/${pid}/status has no ${field}`);
  return Number(found[1]);
}

/** Connections that a listening IPv4 socket's program has not accepted yet. */
export function waitingConnections(port: number): number {
  const address = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n')) {
    const [, local, , state, queues] = line.trim().split(/\s+/);
    if (local?.endsWith(address) && state === '0A') return Number.parseInt(queues?.split(':')[1] ?? '0', 16);
  }
  return 0;
}
