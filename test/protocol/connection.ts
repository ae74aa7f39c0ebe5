import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Mosquitto } from 'libmosquitto';
import type { Mode } from '../support/drive';
import type { FakeBroker, Peer } from '../support/fake-broker';
import { driveFor, fakeBrokerFor } from '../support/scope';
import type { Address } from '../support/traffic';
import { until } from '../support/wait';

/** A client whose fake broker has accepted it, and accepts it again. */
export interface Connection {
  readonly client: Mosquitto;
  readonly broker: FakeBroker;
  /** The broker's side of the newest connection. */
  peer(): Peer;
  /** Connects once more, and resolves after on_connect. */
  again(): Promise<void>;
}

/** Uses the client's on_connect itself; the caller sets the other callbacks before. */
export async function connectionOf(
  t: TestContext,
  mode: Mode,
  client: Mosquitto,
  accept: (peer: Peer) => Promise<unknown> = (peer) => peer.accept(),
  connect = ({ host, port }: Address): number => client.connect(host, port),
): Promise<Connection> {
  const broker = await fakeBrokerFor(t, async (peer) => {
    await accept(peer);
  });
  const codes: number[] = [];
  client.on_connect = (_mosq, _obj, rc) => {
    codes.push(rc);
  };
  const accepted = async (count: number): Promise<void> => {
    await until(() => codes.length === count, 'on_connect');
    assert.equal(codes.at(-1), 0);
  };
  assert.equal(connect(broker), 0);
  driveFor(t, client, mode);
  await accepted(1);
  return {
    client,
    broker,
    peer: () => {
      const newest = broker.peers.at(-1);
      assert.ok(newest);
      return newest;
    },
    again: async () => {
      const before = codes.length;
      assert.equal(client.reconnect(), 0);
      await accepted(before + 1);
    },
  };
}
