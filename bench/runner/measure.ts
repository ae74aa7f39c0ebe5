// Makes one measurement: one client with one kind of work against one server.

import type { Certificates } from '../../test/support/certificates';
import type { Case } from './cases';
import type { Driver } from './drivers';
import { INFLIGHT, startOtherEnd } from './other-end';
import { onProcessors } from './pin';
import { type Running, start } from './process';
import type { Settings } from './settings';

/** The numbers that a client printed, by name. */
export type Report = Readonly<Record<string, number>>;

/** QoS 0: the number of messages that a client may have passed to its library and that are not yet written. */
const UNWRITTEN = 1000;
const UNWRITTEN_BYTES = 4 << 20;
const GRACE_MS = 30000;

/** Makes one run, with a new client and a new other end. Throws when a message is missing. */
export async function measure(
  one: Case,
  driver: Driver,
  settings: Settings,
  certificates: () => Certificates,
): Promise<Report> {
  const timeout = (settings.warmup + settings.seconds) * 1000 + GRACE_MS;
  const end = await startOtherEnd(one, settings, certificates, 2 * timeout);
  let client: Running | null = null;
  try {
    const command = driver.command([...clientArguments(one, settings, certificates), '--port', end.port]);
    client = start(settings.pin ? onProcessors('client', command) : command, timeout);
    const report = JSON.parse(await client.lastLine) as Report;
    const counts = await end.counts();
    check(one, report, counts);
    return counts === null ? report : { ...report, peerCpuSeconds: counts['cpuSeconds'] ?? 0 };
  } finally {
    client?.stop('SIGKILL');
    await end.stop();
  }
}

function clientArguments(one: Case, settings: Settings, certificates: () => Certificates): string[] {
  const unwritten = Math.min(UNWRITTEN, Math.ceil(UNWRITTEN_BYTES / Math.max(1, one.size)));
  const outstanding = one.work === 'publish' && one.qos === 0 ? unwritten : INFLIGHT;
  const args = ['--work', one.work, '--qos', one.qos, '--size', one.size, '--topics', one.topics];
  args.push('--outstanding', outstanding, '--connections', one.connections);
  args.push('--warmup', settings.warmup, '--seconds', settings.warmup + settings.seconds, '--count', settings.count);
  if (one.tls) args.push('--ca', certificates().ca.cert);
  return args.map(String);
}

function check(one: Case, report: Report, peer: Report | null): void {
  const problems: string[] = [];
  const same = (what: string, got: number | undefined, expected: number | undefined): void => {
    if (got !== expected) problems.push(`${what}: ${got} of ${expected}`);
  };
  if (report['expected'] !== undefined) same('messages', report['counted'], report['expected']);
  if (peer !== null) {
    if (report['counted'] !== undefined) {
      if (one.work === 'publish') same('messages that the peer received', peer['received'], report['expected']);
      else same('messages that the peer sent', report['counted'], peer['sent']);
    }
    if (one.work !== 'publish' && one.qos > 0) same('acknowledged', peer['acknowledged'], peer['sent']);
    same('connections that the peer accepted', peer['connections'], one.connections);
    same('protocol errors that the peer met', peer['errors'], 0);
  }
  if (one.rate > 0 && report['others'] === 0) problems.push('the load did not arrive');
  if (problems.length > 0) throw new Error(problems.join('; '));
}
