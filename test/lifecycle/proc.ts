import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Facts about a process, from Linux's /proc. They show leaks. */

type Pid = number | 'self';

/** The target of each open descriptor of the process, such as 'socket:[4711]'. */
export function descriptors(pid: Pid = 'self'): string[] {
  const folder = `/proc/${pid}/fd`;
  const targets: string[] = [];
  for (const name of readdirSync(folder)) {
    try {
      targets.push(readlinkSync(`${folder}/${name}`));
    } catch {
      // The descriptor that listed the folder is closed again.
    }
  }
  return targets;
}

/** The target of one descriptor of this process. */
export function descriptor(fd: number): string {
  return readlinkSync(`/proc/self/fd/${fd}`);
}

export function sockets(pid: Pid = 'self'): string[] {
  return descriptors(pid).filter((target) => target.startsWith('socket:'));
}

export function threadCount(pid: Pid = 'self'): number {
  return readdirSync(`/proc/${pid}/task`).length;
}

/** KiB of memory: resident now; resident at its highest; writable; the whole address space. */
export function memory(field: 'VmRSS' | 'VmHWM' | 'VmData' | 'VmSize', pid: Pid = 'self'): number {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (found?.[1] === undefined) throw new Error(`/proc/${pid}/status has no ${field}`);
  return Number(found[1]);
}

interface TcpSocket {
  readonly local: number;
  readonly remote: number;
  readonly state: string;
  /** Bytes that the peer of a connection has not acknowledged. */
  readonly sending: number;
  /** Bytes that the program has not read; for a listening socket, connections that it has not accepted. */
  readonly waiting: number;
}

const ESTABLISHED = '01';
const LISTENING = '0A';

/** The IPv4 sockets of TCP. */
function tcpSockets(): TcpSocket[] {
  const lines = readFileSync('/proc/net/tcp', 'utf8').trim().split('\n').slice(1);
  return lines.map((line) => {
    const [, local = '', remote = '', state = '', queues = ''] = line.trim().split(/\s+/);
    const [sending = '', waiting = ''] = queues.split(':');
    const hexadecimal = (text: string): number => Number.parseInt(text, 16);
    const port = (address: string): number => hexadecimal(address.split(':')[1] ?? '');
    return {
      local: port(local),
      remote: port(remote),
      state,
      sending: hexadecimal(sending),
      waiting: hexadecimal(waiting),
    };
  });
}

/** The number of connections that a listening IPv4 socket's program has not accepted yet. */
export function waitingConnections(port: number): number {
  return tcpSockets().find(({ local, state }) => local === port && state === LISTENING)?.waiting ?? 0;
}

/** Bytes from a server's port that are in the system's buffers: written by the server, and not read here. */
export function bytesUnderWay(port: number): number {
  return bytesBetween(
    ({ local }) => local === port,
    ({ remote }) => remote === port,
  );
}

/** Bytes to a server's port that are in the system's buffers: written here, and not read by the server. */
export function bytesUnderWayTo(port: number): number {
  return bytesBetween(
    ({ remote }) => remote === port,
    ({ local }) => local === port,
  );
}

function bytesBetween(sends: (socket: TcpSocket) => boolean, reads: (socket: TcpSocket) => boolean): number {
  let bytes = 0;
  for (const socket of tcpSockets()) {
    if (socket.state !== ESTABLISHED) continue;
    if (sends(socket)) bytes += socket.sending;
    if (reads(socket)) bytes += socket.waiting;
  }
  return bytes;
}
