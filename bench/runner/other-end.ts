import { type Broker, startBroker } from '../../test/support/broker';
import type { Certificates } from '../../test/support/certificates';
import type { Case } from './cases';
import type { Timing } from './measure';
import { program } from './paths';
import { type Running, start } from './process';

/** QoS 1 and 2: messages on the way, in either direction. */
export const INFLIGHT = 100;

/** What a client is connected to. */
export interface OtherEnd {
  readonly port: string;
  /** What the peer has counted, once the client is done; nothing from a broker. */
  counts(): Promise<Readonly<Record<string, number>> | null>;
  stop(): Promise<void>;
}

export function startOtherEnd(
  one: Case,
  timing: Timing,
  certificates: () => Certificates,
  timeoutMs: number,
): Promise<OtherEnd> {
  return one.through === 'peer' ? startPeer(one, timing, certificates, timeoutMs) : startMosquitto(one, timeoutMs);
}

async function startPeer(
  one: Case,
  timing: Timing,
  certificates: () => Certificates,
  timeoutMs: number,
): Promise<OtherEnd> {
  const seconds = timing.count > 0 ? 0 : timing.warmup + timing.seconds;
  const args = ['--qos', one.qos, '--size', one.size, '--topics', one.topics, '--rate', one.rate];
  args.push('--inflight', INFLIGHT, '--count', timing.count, '--seconds', seconds);
  if (one.tls) args.push('--cert', certificates().server.cert, '--key', certificates().server.key);
  const peer = start({ file: program('peer'), args: args.map(String) }, timeoutMs);
  return {
    port: await peer.firstLine,
    counts: async () => {
      peer.stop('SIGTERM');
      return JSON.parse(await peer.lastLine) as Record<string, number>;
    },
    stop: async () => {
      peer.stop('SIGKILL');
    },
  };
}

async function startMosquitto(one: Case, timeoutMs: number): Promise<OtherEnd> {
  const broker = await startBroker({ config: [`max_inflight_messages ${INFLIGHT}`] });
  const load = one.rate > 0 ? startLoad(one, broker, timeoutMs) : null;
  return {
    port: String(broker.port),
    counts: async () => null,
    stop: async () => {
      load?.stop('SIGKILL');
      await broker[Symbol.asyncDispose]();
    },
  };
}

/** Another client that publishes beside the one that is measured. */
function startLoad(one: Case, broker: Broker, timeoutMs: number): Running {
  const args = ['--work', 'load', '--rate', one.rate, '--size', one.size, '--port', broker.port].map(String);
  return start({ file: program('c-client'), args }, timeoutMs);
}
