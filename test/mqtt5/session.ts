import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Mosquitto, Properties } from 'libmosquitto';
import { client5For, connect5 } from '../support/client5';
import type { Mode } from '../support/drive';
import type { Peer } from '../support/fake-broker';
import { accept5 } from '../support/packets5';
import { driveFor, fakeBrokerFor } from '../support/scope';

/** A client of MQTT 5 and the fake broker's side of its connection; `announced` are the properties of the CONNACK. */
export async function session(
  t: TestContext,
  mode: Mode,
  announced: Properties = {},
): Promise<{ client: Mosquitto; peer: Peer }> {
  const fake = await fakeBrokerFor(t, async (peer) => {
    await accept5(peer, announced);
  });
  const client = client5For(t);
  driveFor(t, client, mode);
  await connect5(client, fake);
  const peer = fake.peers[0];
  assert.ok(peer);
  return { client, peer };
}
