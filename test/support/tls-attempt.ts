// Makes one attempt to connect, and reports everything that the client said about it.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { MOSQ_ERR_TLS, MOSQ_LOG_ERR, type Mosquitto } from 'libmosquitto';
import type { Mode } from './drive';
import { clientFor, driveFor } from './scope';
import { until } from './wait';

/** The outcome of one attempt to connect. */
export interface Outcome {
  /** The code that connect() returned. If it is not 0, nothing else happened. */
  readonly rc: number;
  /** The code of on_connect; null when it was not called. */
  readonly connack: number | null;
  /** The code of on_disconnect; null when it was not called. */
  readonly disconnected: number | null;
  /** The "TLS: " lines of the log, without that word. */
  readonly tls: string[];
  /** All lines of level MOSQ_LOG_ERR. */
  readonly errors: string[];
}

export interface AttemptOptions {
  host?: string;
  port: number;
  mode?: Mode;
}

/** Connects a new client after `prepare`, and resolves when the broker has accepted it or the connection has ended. */
export function attempt(
  t: TestContext,
  options: AttemptOptions,
  prepare: (client: Mosquitto) => void,
): Promise<Outcome> {
  return attemptWith(t, clientFor(t), options, prepare);
}

/** The same with a client that may have been connected before, and that no loop drives now. */
export async function attemptWith(
  t: TestContext,
  client: Mosquitto,
  { host = 'localhost', port, mode = 'loop' }: AttemptOptions,
  prepare: (client: Mosquitto) => void,
): Promise<Outcome> {
  const errors: string[] = [];
  let connack: number | null = null;
  let disconnected: number | null = null;
  client.on_log = (_mosq, _obj, level, text) => {
    if (level === MOSQ_LOG_ERR) errors.push(text);
  };
  client.on_connect = (_mosq, _obj, rc) => {
    connack ??= rc;
  };
  client.on_disconnect = (_mosq, _obj, rc) => {
    disconnected ??= rc;
  };
  prepare(client);
  const rc = client.connect(host, port);
  const driven = driveFor(t, client, mode);
  // The code of a failed connect() is complete; its log lines arrive after a turn of the event loop.
  await until(
    () => connack !== null || disconnected !== null || (rc !== 0 && errors.length > 0),
    () => `the end of the attempt (connect() returned ${rc})`,
  );
  await driven.stop();
  return {
    rc,
    connack,
    disconnected,
    errors,
    tls: errors.filter((text) => text.startsWith('TLS: ')).map((text) => text.slice(5)),
  };
}

/** The outcome of attempt() for an accepted connection. */
export const ACCEPTED: Outcome = { rc: 0, connack: 0, disconnected: null, tls: [], errors: [] };

/** Asserts that the handshake failed, with the reason in the log. */
export function assertRefused({ rc, connack, disconnected, tls, errors }: Outcome, reason = /./): void {
  const told = tls.join('\n');
  assert.equal(connack, null, told);
  assert.deepEqual([rc, disconnected], [0, MOSQ_ERR_TLS], errors.join('\n'));
  assert.match(told, reason);
}
