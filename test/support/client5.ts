// Creates clients of MQTT 5, and connects them.
import type { TestContext } from 'node:test';
import { build_info, MOSQ_OPT_PROTOCOL_VERSION, type Mosquitto, MQTT_PROTOCOL_V5, type Properties } from 'libmosquitto';
import { clientFor } from './scope';
import type { Address } from './traffic';
import { until } from './wait';

/** True on libmosquitto 2.1. Features that only 2.1 has are tested only there. */
export const HAS_2_1 = !build_info().libmosquitto.startsWith('2.0.');

/** A client that speaks MQTT 5. */
export function client5For(t: TestContext, client_id: string | null = null, clean_session = true): Mosquitto {
  const client = clientFor(t, client_id, clean_session);
  const rc = client.int_option(MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
  if (rc !== 0) throw new Error(`int_option() returned ${rc}`);
  return client;
}

export interface Connack {
  rc: number;
  flags: number;
  properties: Properties | null;
}

/**
 * Calls connect() with properties, and returns the broker's answer, whatever it is. The client must be driven
 * meanwhile.
 */
export async function connect5<T>(
  client: Mosquitto<T>,
  { host, port }: Address,
  properties: Properties | null = null,
  keepalive = 60,
): Promise<Connack> {
  const answers: Connack[] = [];
  client.on_connect = (_mosq, _obj, rc, flags, received) => {
    answers.push({ rc, flags, properties: received });
  };
  const rc = client.connect(host, port, keepalive, null, properties);
  if (rc !== 0) throw new Error(`connect() returned ${rc}, errno ${client.last_errno}`);
  await until(() => answers.length > 0, 'on_connect');
  client.on_connect = null;
  return answers[0] ?? { rc: -1, flags: -1, properties: null };
}
