// Makes the objects that tests use: clients, brokers, ports and loops.
import { after, before, type TestContext } from 'node:test';
import { Mosquitto } from 'libmosquitto';
import { type Broker, type BrokerOptions, startBroker } from './broker';
import { type Drive, drive, type Mode } from './drive';
import { type FakeBroker, type FakeBrokerOptions, type Peer, startFakeBroker } from './fake-broker';
import { reservePort } from './ports';

// The objects end with the test, also when the test fails.

type Cleanup = () => unknown;
const cleanups = new WeakMap<TestContext, Cleanup[]>();

/** Registers a clean-up of the test. The newest clean-up runs first; t.after() alone runs the oldest first. */
export function defer(t: TestContext, cleanup: Cleanup): void {
  const known = cleanups.get(t);
  if (known !== undefined) {
    known.push(cleanup);
    return;
  }
  const list = [cleanup];
  cleanups.set(t, list);
  t.after(async () => {
    const failures: unknown[] = [];
    for (let step = list.pop(); step !== undefined; step = list.pop()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  });
}

export async function brokerFor(t: TestContext, options: BrokerOptions = {}): Promise<Broker> {
  const broker = await startBroker(options);
  defer(t, () => broker[Symbol.asyncDispose]());
  return broker;
}

/** One broker for all tests of a file: call this at the top level, use the broker inside tests only. */
export function sharedBroker(options: BrokerOptions = {}): () => Broker {
  let broker: Broker | null = null;
  before(async () => {
    broker = await startBroker(options);
  });
  after(() => broker?.[Symbol.asyncDispose]());
  return () => {
    if (broker === null) throw new Error('the broker has not been started yet');
    return broker;
  };
}

export async function fakeBrokerFor(
  t: TestContext,
  onConnection: (peer: Peer) => void | Promise<void>,
  options: FakeBrokerOptions = {},
): Promise<FakeBroker> {
  const broker = await startFakeBroker(onConnection, options);
  defer(t, () => broker.close());
  return broker;
}

/** Returns a port of 127.0.0.1 that refuses connections as long as the test runs. */
export async function refusedPortFor(t: TestContext): Promise<number> {
  const reserved = await reservePort();
  defer(t, () => {
    reserved.release();
  });
  return reserved.port;
}

export function clientFor(t: TestContext, client_id?: string | null, clean_session?: boolean): Mosquitto;
export function clientFor<T>(t: TestContext, client_id: string | null, clean_session: boolean, obj: T): Mosquitto<T>;
export function clientFor<T>(
  t: TestContext,
  client_id: string | null = null,
  clean_session = true,
  obj?: T,
): Mosquitto<T> {
  const client = new Mosquitto<T>(client_id, clean_session, obj as T);
  defer(t, () => {
    client.destroy();
  });
  return client;
}

/** Drives a client until the test ends, or until stop() is called. */
export function driveFor<T>(t: TestContext, client: Mosquitto<T>, mode: Mode): Drive {
  const driven = drive(client, mode);
  let stopped: Promise<void> | null = null;
  const stop = (): Promise<void> => {
    stopped ??= driven.stop();
    return stopped;
  };
  // A test that expects an error from stop() has called it by now; in other tests the error does not matter.
  defer(t, () => stop().catch(() => undefined));
  return {
    mode,
    get rc() {
      return driven.rc;
    },
    stop,
  };
}
