import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { build_info } from 'libmosquitto';
import { type Broker, startBroker } from '../support/broker';
import { sharedCertificates } from '../support/certificates';
import { MODES } from '../support/drive';
import type { Direction } from '../support/fault-proxy';
import { type ReservedPort, reservePort } from '../support/ports';
import { tlsConfig } from '../support/tls-broker';
import { scaled } from '../support/wait';
import { overTls, type Preparation } from '../support/ways';
import { type Cell, IN_FLIGHT, play } from './cell';

const HOLES: Direction[][] = [['up'], ['down'], ['up', 'down']];
/** Whether every cell has all kinds of dead connections; otherwise each cell has one of them. */
const WIDE = process.env.LIBMOSQUITTO_TEST_FAULTS === 'wide';

/**
 * libmosquitto 2.0 sends newer messages before older ones after a reconnection. It also ends each connection on which
 * Debian's broker exceeds its receive maximum.
 */
function isBeyond20(role: Cell['role'], version: Cell['version'], qos: Cell['qos']): boolean {
  return role === 'sends' ? qos > 0 : version === 5 && qos === 2;
}

function allCells(): Cell[] {
  const all: Cell[] = [];
  for (const mode of MODES) {
    for (const version of [4, 5] as const) {
      for (const qos of [0, 1, 2] as const) {
        for (const role of ['sends', 'receives'] as const) {
          if (build_info().linkage === 'system' && isBeyond20(role, version, qos)) continue;
          const hole = HOLES[(MODES.indexOf(mode) + version + qos + (role === 'sends' ? 0 : 1)) % HOLES.length] ?? [];
          all.push({ mode, version, qos, role, holes: WIDE ? HOLES : [hole] });
        }
      }
    }
  }
  return all;
}

/**
 * Defines a test for every mode, version, QoS and direction, with one kind of connection. The cells run in parallel,
 * because they are idle most of the time.
 */
export function matrix(transport: 'TCP' | 'TLS'): void {
  const certificates = sharedCertificates();
  let broker: Broker | null = null;
  let securePort: ReservedPort | null = null;
  before(async () => {
    securePort = await reservePort();
    const { ca, server } = certificates();
    const secure = [`listener ${securePort.port} 127.0.0.1`, ...tlsConfig(ca, server)];
    broker = await startBroker({ config: [`max_inflight_messages ${IN_FLIGHT}`, ...secure] });
  });
  after(async () => {
    await broker?.[Symbol.asyncDispose]();
    securePort?.release();
  });

  describe(`faults of the network, over ${transport}`, { concurrency: true }, () => {
    for (const cell of allCells()) {
      const { mode, version, qos, role } = cell;
      const name = `MQTT ${version === 4 ? '3.1.1' : '5'}, QoS ${qos}, ${role} (${mode})`;
      test(name, { timeout: scaled(WIDE ? 300_000 : 120_000) }, async (t) => {
        assert.ok(broker !== null && securePort !== null);
        const behind = transport === 'TLS' ? { host: broker.host, port: securePort.port } : broker;
        const prepare: Preparation = transport === 'TLS' ? overTls(certificates()) : () => undefined;
        await play(t, cell, broker, behind, prepare);
      });
    }
  });
}
