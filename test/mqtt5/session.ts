import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Mosquitto, Properties } from 'libmosquitto';
import { client5For, connect5 } from '../support/client5';
import type { Mode } from '../support/drive';
import type { FakeBroker, Peer } from '../support/fake-broker';
import { accept5 } from '../support/packets5';
import { driveFor, fakeBrokerFor } from '../support/scope';

/** A client of MQTT 5 and the fake broker's side of its connection; the properties are those of CONNACK and of CONNECT. */
export async function session(
  t: TestContext,
  mode: Mode,
  connack: Properties = {},
  connect: Properties | null = null,
): Promise<{ client: Mosquitto; fake: FakeBroker; peer: Peer }> {
  const fake = await fakeBrokerFor(t, async (peer) => {
    await accept5(peer, connack);
  });
  const client = client5For(t);
  driveFor(t, client, mode);
  await connect5(client, fake, connect);
  const peer = fake.peers[0];
  assert.ok(peer);
  return { client, fake, peer };
}
