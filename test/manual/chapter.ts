import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Mosquitto } from 'libmosquitto';
import { client5For } from '../support/client5';
import { clientFor, driveFor } from '../support/scope';
import { type Address, connectTo } from '../support/traffic';
import { until } from '../support/wait';

/** Uses one function of C for its purpose, by only this package, with a real broker. */
export type Use = (t: TestContext, broker: Address & { log(): string }) => void | Promise<void>;

/** The functions of one header, in the order of the header. */
export type Chapter = Readonly<Record<string, Readonly<Record<string, Use>>>>;

/** A client that the network thread drives, and that the broker has accepted. */
export async function connectedFor(t: TestContext, broker: Address, client = clientFor(t)): Promise<Mosquitto> {
  driveFor(t, client, 'thread');
  await connectTo(client, broker);
  return client;
}

/** The same with MQTT 5. */
export function connected5For(t: TestContext, broker: Address): Promise<Mosquitto> {
  return connectedFor(t, broker, client5For(t));
}

/** The arguments of a callback's next call, without the client and its object. */
export async function told<Args extends unknown[]>(
  set: (callback: (mosq: unknown, obj: unknown, ...args: Args) => void) => void,
  act: () => number,
): Promise<Args> {
  const calls: Args[] = [];
  set((_mosq, _obj, ...args) => {
    calls.push(args);
  });
  assert.equal(act(), 0);
  await until(() => calls.length > 0, 'the callback');
  return calls[0] as Args;
}
