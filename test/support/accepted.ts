// Connects a client to a scripted broker.
import type { TestContext } from 'node:test';
import type { Mosquitto } from 'libmosquitto';
import type { Drive, Mode } from './drive';
import type { FakeBroker, FakeBrokerOptions, Peer } from './fake-broker';
import { clientFor, driveFor, fakeBrokerFor } from './scope';
import { connectTo } from './traffic';
import type { Preparation } from './ways';

export interface Accepted {
  readonly client: Mosquitto;
  readonly driven: Drive;
  readonly fake: FakeBroker;
  /** The broker's side of the connection. */
  readonly peer: Peer;
}

export interface AcceptedOptions {
  tls?: FakeBrokerOptions['tls'];
  prepare?: Preparation;
  keepalive?: number;
}

/** A client, connected to a scripted broker that has accepted it and says no more by itself. */
export async function acceptedFor(t: TestContext, mode: Mode, options: AcceptedOptions = {}): Promise<Accepted> {
  const { tls, prepare, keepalive } = options;
  const fake = await fakeBrokerFor(t, async (peer) => void (await peer.accept()), tls && { tls });
  const client = clientFor(t);
  prepare?.(client);
  const driven = driveFor(t, client, mode);
  await connectTo(client, fake, keepalive);
  const [peer] = fake.peers;
  if (peer === undefined) throw new Error('there was no connection');
  return { client, driven, fake, peer };
}
