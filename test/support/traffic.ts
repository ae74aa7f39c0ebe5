import type { Mosquitto, MosquittoMessage } from 'libmosquitto';
import { until } from './wait';

/**
 * Short names for the usual first steps of a test. Each removes its callback again; the client must be driven
 * meanwhile.
 */

/** The address of a broker. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Calls connect(), and resolves when the broker has accepted it. */
export async function connectTo<T>(client: Mosquitto<T>, { host, port }: Address, keepalive = 60): Promise<void> {
  let answer: number | null = null;
  client.on_connect = (_mosq, _obj, rc) => {
    answer = rc;
  };
  const rc = client.connect(host, port, keepalive);
  if (rc !== 0) throw new Error(`connect() returned ${rc}, errno ${client.last_errno}`);
  await until(() => answer !== null, 'on_connect');
  client.on_connect = null;
  if (answer !== 0) throw new Error(`on_connect said ${String(answer)}`);
}

/** Calls subscribe(), and resolves with the granted QoS list. */
export async function subscribeTo<T>(client: Mosquitto<T>, filter: string, qos: 0 | 1 | 2 = 0): Promise<number[]> {
  const granted = new Map<number, number[]>();
  client.on_subscribe = (_mosq, _obj, mid, qos_list) => {
    granted.set(mid, qos_list);
  };
  const rc = client.subscribe(filter, qos);
  if (rc !== 0) throw new Error(`subscribe() returned ${rc}`);
  const mid = client.last_mid;
  await until(() => granted.has(mid), `on_subscribe for message id ${mid}`);
  client.on_subscribe = null;
  return granted.get(mid) ?? [];
}

/** Calls unsubscribe(), and resolves with its confirmation. */
export async function unsubscribeFrom<T>(client: Mosquitto<T>, filter: string): Promise<void> {
  const confirmed = new Set<number>();
  client.on_unsubscribe = (_mosq, _obj, mid) => {
    confirmed.add(mid);
  };
  const rc = client.unsubscribe(filter);
  if (rc !== 0) throw new Error(`unsubscribe() returned ${rc}`);
  const mid = client.last_mid;
  await until(() => confirmed.has(mid), `on_unsubscribe for message id ${mid}`);
  client.on_unsubscribe = null;
}

/** Collects every message from now on, in a list that grows. */
export function collect<T>(client: Mosquitto<T>): MosquittoMessage[] {
  const messages: MosquittoMessage[] = [];
  client.on_message = (_mosq, _obj, msg) => {
    messages.push(msg);
  };
  return messages;
}

/** Collects the codes of on_disconnect from now on, in a list that grows. */
export function disconnections<T>(client: Mosquitto<T>): number[] {
  const codes: number[] = [];
  client.on_disconnect = (_mosq, _obj, rc) => {
    codes.push(rc);
  };
  return codes;
}

/** Calls disconnect(), and resolves with the code of on_disconnect. */
export async function disconnectFrom<T>(client: Mosquitto<T>): Promise<number> {
  let answer: number | null = null;
  client.on_disconnect = (_mosq, _obj, rc) => {
    answer = rc;
  };
  const rc = client.disconnect();
  if (rc !== 0) throw new Error(`disconnect() returned ${rc}`);
  await until(() => answer !== null, 'on_disconnect');
  client.on_disconnect = null;
  return answer ?? -1;
}
