import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hasEngine } from '../native/addon';
import { acceptedFor } from '../support/accepted';
import { sharedCertificates } from '../support/certificates';
import { MODES } from '../support/drive';
import { ack, PUBACK, PUBREC, publish } from '../support/packets';
import { scaled } from '../support/wait';
import { overTls } from '../support/ways';

// Tests that packets that are due together leave in one write. A scripted broker can count them with TLS, because each
// write is a record. Packets of a handshake have secrets and leave one by one; a fault treated acknowledgements as such
// packets.

const limit = { timeout: scaled(30000) };
const certificates = sharedCertificates();
// Sixteen acknowledgements share a packet, so these are ten packets.
const MANY = 160;
// On a slow machine the client reads the messages in several steps.
const MOST_WRITES = 5;

function testsOfEngine(): void {
  for (const mode of MODES) {
    for (const [qos, type] of [
      [1, PUBACK],
      [2, PUBREC],
    ] as const) {
      test(`acknowledgements of QoS ${qos} (${mode})`, limit, async (t) => {
        const { server } = certificates();
        const { client, peer } = await acceptedFor(t, mode, {
          tls: server,
          prepare: overTls(certificates()),
        });
        client.on_message = () => undefined;
        const mids = Array.from({ length: MANY }, (_, index) => index + 1);
        const before = peer.pieces;
        peer.send(...mids.map((mid) => publish('t', 'x', { qos, mid })));
        for (const mid of mids) {
          const { type: found, body } = await peer.next();
          assert.deepEqual([found, body], [type, ack(type, mid).subarray(2)]);
        }
        assert.ok(peer.pieces - before <= MOST_WRITES, `${peer.pieces - before} writes`);
      });
    }
  }
}

describe('packets that leave together over TLS', () => {
  if (hasEngine()) testsOfEngine();
});
