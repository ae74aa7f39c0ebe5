// Starts the server of a measurement: the peer or mosquitto.

import { execFileSync } from 'node:child_process';
import { type Broker, startBroker } from '../../test/support/broker';
import type { Certificates } from '../../test/support/certificates';
import type { Case } from './cases';
import { program } from './paths';
import { onProcessors, processorsOf } from './pin';
import { type Running, start } from './process';
import type { Settings } from './settings';

/** QoS 1 and 2: the number of unconfirmed messages in either direction. */
export const INFLIGHT = 100;

/** The server that a client connects to. */
export interface OtherEnd {
  readonly port: string;
  /** The peer's counts, once the client has finished; null for a broker. */
  counts(): Promise<Readonly<Record<string, number>> | null>;
  stop(): Promise<void>;
}

export function startOtherEnd(
  one: Case,
  settings: Settings,
  certificates: () => Certificates,
  timeoutMs: number,
): Promise<OtherEnd> {
  return one.through === 'peer'
    ? startPeer(one, settings, certificates, timeoutMs)
    : startMosquitto(one, settings, timeoutMs);
}

async function startPeer(
  one: Case,
  settings: Settings,
  certificates: () => Certificates,
  timeoutMs: number,
): Promise<OtherEnd> {
  const seconds = settings.count > 0 ? 0 : settings.warmup + settings.seconds;
  const args = ['--qos', one.qos, '--size', one.size, '--topics', one.topics, '--rate', one.rate];
  args.push('--inflight', INFLIGHT, '--count', settings.count, '--seconds', seconds);
  if (one.tls) args.push('--cert', certificates().server.cert, '--key', certificates().server.key);
  const command = { file: program('peer'), args: args.map(String) };
  const peer = start(settings.pin ? onProcessors('other end', command) : command, timeoutMs);
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

async function startMosquitto(one: Case, settings: Settings, timeoutMs: number): Promise<OtherEnd> {
  const broker = await startBroker({ config: [`max_inflight_messages ${INFLIGHT}`] });
  if (settings.pin)
    execFileSync('taskset', ['-cp', processorsOf('other end'), String(broker.pid)], { stdio: 'ignore' });
  const load = one.rate > 0 ? startLoad(one, settings, broker, timeoutMs) : null;
  return {
    port: String(broker.port),
    counts: async () => null,
    stop: async () => {
      load?.stop('SIGKILL');
      await broker[Symbol.asyncDispose]();
    },
  };
}

/** Another client, which publishes beside the measured one. */
function startLoad(one: Case, settings: Settings, broker: Broker, timeoutMs: number): Running {
  const args = ['--work', 'load', '--rate', one.rate, '--size', one.size, '--port', broker.port].map(String);
  const command = { file: program('c-client'), args };
  return start(settings.pin ? onProcessors('other end', command) : command, timeoutMs);
}
