// A CONNACK that libmosquitto refuses says nothing about the session. Would catch that messages of QoS 2 whose PUBREL is
// still to come are dropped before the packet was checked.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { build_info, MOSQ_ERR_CONN_REFUSED, MOSQ_ERR_MALFORMED_PACKET, MOSQ_ERR_PROTOCOL } from 'libmosquitto';
import { MODES } from '../support/drive';
import { ack, CONNACK, connack, encode, PUBCOMP, PUBREC, PUBREL, publish } from '../support/packets';
import { connack5, publish5 } from '../support/packets5';
import { driveFor } from '../support/scope';
import { scriptedFor, VERSIONS, type Version } from '../support/sent';
import { collect } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(30000) };

function bytes(...body: number[]): Buffer {
  return encode(CONNACK, 0, Buffer.from(body));
}

/** Each says that there is no session, and accepts the connection but for the last of its version, which refuses. */
const REFUSED: Record<Version, ReadonlyArray<readonly [what: string, packet: Buffer, rc: number]>> = {
  4: [
    ['reserved flags', bytes(2, 0), MOSQ_ERR_PROTOCOL],
    ['a byte too many', bytes(0, 0, 0), MOSQ_ERR_MALFORMED_PACKET],
    ['flags of its fixed header', encode(CONNACK, 1, Buffer.from([0, 0])), MOSQ_ERR_MALFORMED_PACKET],
    ['a refusal', connack(5), MOSQ_ERR_CONN_REFUSED],
  ],
  5: [
    ['reserved flags', bytes(2, 0, 0), MOSQ_ERR_PROTOCOL],
    ['no properties', bytes(0, 0), MOSQ_ERR_PROTOCOL],
    ['properties that end too early', bytes(0, 0, 5, 33), MOSQ_ERR_MALFORMED_PACKET],
    ['another client id', connack5(0, { 'assigned-client-identifier': 'another' }), MOSQ_ERR_PROTOCOL],
    ['a refusal', connack5(0x87), MOSQ_ERR_PROTOCOL],
  ],
};

// libmosquitto 2.0 drops no message of the session, and accepts most of these packets.
if (build_info().linkage === 'static') {
  for (const mode of MODES) {
    for (const version of VERSIONS) {
      describe(`a CONNACK that is not accepted keeps unreleased messages (${mode}, MQTT ${version})`, () => {
        for (const [what, packet, rc] of REFUSED[version]) {
          test(what, limit, async (t) => {
            const { client, ended, connect, peer, accept } = await scriptedFor(t, version);
            const messages = collect(client);
            driveFor(t, client, mode);
            const first = await accept();
            first.send((version === 5 ? publish5 : publish)('t', 'kept', { qos: 2, mid: 7 }));
            await first.nextOf(PUBREC);
            first.destroy();
            await until(() => ended.length === 1, 'the end of the first connection');
            connect();
            (await peer()).send(packet);
            await until(() => ended.length === 2, 'the end of the second connection');
            assert.equal(ended[1], rc);
            const third = await accept(true);
            third.send(ack(PUBREL, 7));
            await third.nextOf(PUBCOMP);
            await until(() => messages.length === 1, 'the message');
            assert.equal(String(messages[0]?.payload), 'kept');
          });
        }
      });
    }
  }
}
