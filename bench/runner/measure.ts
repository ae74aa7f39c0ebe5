import type { Certificates } from '../../test/support/certificates';
import type { Case } from './cases';
import type { Driver } from './drivers';
import { program } from './paths';
import { type Running, start } from './process';

export interface Timing {
  readonly warmup: number;
  readonly seconds: number;
  /** This many messages rather than for so many seconds, when not 0. */
  readonly count: number;
}

/** What a client printed: numbers by name. */
export type Report = Readonly<Record<string, number>>;

/** QoS 1 and 2: messages on the way, in either direction. */
const INFLIGHT = 100;
/** QoS 0: messages that a client may have handed to its library and that are not written yet. */
const UNWRITTEN = 1000;
const UNWRITTEN_BYTES = 4 << 20;
const GRACE_MS = 20000;

/** One run: a peer of its own, a client of its own. Throws when a message is missing. */
export async function measure(
  one: Case,
  driver: Driver,
  timing: Timing,
  certificates: () => Certificates,
): Promise<Report> {
  const timeout = (timing.warmup + timing.seconds) * 1000 + GRACE_MS;
  const peer = start({ file: program('peer'), args: peerArguments(one, timing, certificates) }, timeout + GRACE_MS);
  let client: Running | null = null;
  try {
    const port = await peer.firstLine;
    client = start(driver.command([...clientArguments(one, timing, certificates), '--port', port]), timeout);
    const report = JSON.parse(await client.lastLine) as Report;
    peer.stop('SIGTERM');
    const counts = JSON.parse(await peer.lastLine) as Report;
    check(one, report, counts);
    return { ...report, peerCpuSeconds: counts['cpuSeconds'] ?? 0 };
  } finally {
    client?.stop('SIGKILL');
    peer.stop('SIGKILL');
  }
}

function peerArguments(one: Case, timing: Timing, certificates: () => Certificates): string[] {
  const args = ['--qos', one.qos, '--size', one.size, '--topics', one.topics, '--rate', one.rate];
  args.push(
    '--inflight',
    INFLIGHT,
    '--count',
    timing.count,
    '--seconds',
    timing.count > 0 ? 0 : timing.warmup + timing.seconds,
  );
  if (one.tls) args.push('--cert', certificates().server.cert, '--key', certificates().server.key);
  return args.map(String);
}

function clientArguments(one: Case, timing: Timing, certificates: () => Certificates): string[] {
  const outstanding = one.qos > 0 ? INFLIGHT : Math.min(UNWRITTEN, Math.ceil(UNWRITTEN_BYTES / Math.max(1, one.size)));
  const args = ['--work', one.work, '--qos', one.qos, '--size', one.size, '--topics', one.topics];
  args.push('--outstanding', outstanding, '--connections', one.connections);
  args.push('--warmup', timing.warmup, '--seconds', timing.warmup + timing.seconds, '--count', timing.count);
  if (one.tls) args.push('--ca', certificates().ca.cert);
  return args.map(String);
}

function check(one: Case, report: Report, peer: Report): void {
  const problems: string[] = [];
  const same = (what: string, got: number | undefined, expected: number | undefined): void => {
    if (got !== expected) problems.push(`${what}: ${got} of ${expected}`);
  };
  if (report['expected'] !== undefined) same('messages', report['counted'], report['expected']);
  if (one.work === 'receive') {
    same('messages that the peer sent', report['counted'], peer['sent']);
    if (one.qos > 0) same('acknowledged', peer['acknowledged'], peer['sent']);
  }
  if (one.work === 'publish') same('messages that the peer received', peer['received'], report['expected']);
  if (peer['errors'] !== 0) problems.push(`the peer met ${peer['errors']} protocol errors`);
  if (problems.length > 0) throw new Error(problems.join('; '));
}
