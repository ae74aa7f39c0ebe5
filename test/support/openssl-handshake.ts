import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Mosquitto } from 'libmosquitto';
import type { Pair } from './certificates';
import type { Mode } from './drive';
import { opensslServerFor } from './openssl-server';
import { connack } from './packets';
import { ACCEPTED, attempt } from './tls-attempt';
import { until } from './wait';

/** Returns the output of `openssl s_server` for a client whose handshake and CONNECT it accepts. */
export async function handshakeOutput(
  t: TestContext,
  pair: Pair,
  args: string[],
  prepare: (client: Mosquitto) => void,
  mode: Mode = 'loop',
): Promise<string> {
  const server = await opensslServerFor(t, pair, args);
  const outcome = attempt(t, { port: server.port, mode }, prepare);
  await until(
    () => server.output().includes('MQTT'),
    () => `CONNECT; so far: ${server.output().toString('latin1')}`,
  );
  server.send(connack(0));
  assert.deepEqual(await outcome, ACCEPTED);
  return server.output().toString('latin1');
}
