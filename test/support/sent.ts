import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { MOSQ_OPT_PROTOCOL_VERSION, type Mosquitto } from 'libmosquitto';
import type { Peer } from './fake-broker';
import * as p from './packets';
import { AUTH, ack5, connack5, readPublish5, readSubscribe5, readUnsubscribe5, suback5, unsuback5 } from './packets5';
import { clientFor, fakeBrokerFor } from './scope';
import { until } from './wait';

/** Describes the packets of a client of either version of MQTT in a few words, and makes a broker's answers to them. */

export const VERSIONS = [4, 5] as const;
export type Version = (typeof VERSIONS)[number];

export function clientOf(t: TestContext, version: Version, id: string | null = null, clean = true): Mosquitto {
  const client = clientFor(t, id, clean);
  const rc = client.int_option(MOSQ_OPT_PROTOCOL_VERSION, version);
  if (rc !== 0) throw new Error(`int_option() returned ${rc}`);
  return client;
}

const NAMES = new Map<number, string>([
  [p.CONNECT, 'CONNECT'],
  [p.PINGREQ, 'PINGREQ'],
  [p.DISCONNECT, 'DISCONNECT'],
  [AUTH, 'AUTH'],
]);

/** 'PUBLISH a 1', 'PUBLISH a 1 DUP', 'SUBSCRIBE a', 'PUBREL 7': the payload (of a long one its length) and QoS, the filters, the id. */
export function inWords(packet: p.Packet, version: Version): string {
  switch (packet.type) {
    case p.PUBLISH: {
      const { payload, qos } = version === 5 ? readPublish5(packet) : p.readPublish(packet);
      const text = payload.length > 20 ? `${payload.length} bytes` : payload.toString();
      return `PUBLISH ${text} ${qos}${(packet.flags & 8) === 0 ? '' : ' DUP'}`;
    }
    case p.SUBSCRIBE:
      return `SUBSCRIBE ${version === 5 ? readSubscribe5(packet).filters.map(([filter]) => filter) : filterOf(packet)}`;
    case p.UNSUBSCRIBE:
      return `UNSUBSCRIBE ${version === 5 ? readUnsubscribe5(packet).filters : filterOf(packet)}`;
    case p.PUBREL:
      return `PUBREL ${p.readMid(packet)}`;
    default:
      return NAMES.get(packet.type) ?? `type ${packet.type}`;
  }
}

function filterOf({ body }: p.Packet): string {
  return body.toString('utf8', 4, 4 + body.readUInt16BE(2));
}

/** The message id of a packet that has one. */
export function midOf(packet: p.Packet): number {
  return packet.type === p.PUBLISH ? p.readPublish(packet).mid : p.readMid(packet);
}

/** CONNACK; a receive maximum in MQTT 5 alone. */
export function accepted(version: Version, session_present = false, receive_maximum = 0): Buffer {
  if (version === 4) return p.connack(0, session_present);
  return connack5(0, receive_maximum > 0 ? { 'receive-maximum': receive_maximum } : {}, session_present);
}

/** The answer that the packet requires: PUBACK, PUBREC, PUBCOMP, SUBACK or UNSUBACK; null when it requires none. */
export function answer(packet: p.Packet, version: Version): Buffer | null {
  const { type } = packet;
  if (type === p.SUBSCRIBE) return (version === 5 ? suback5 : p.suback)(midOf(packet), [0]);
  if (type === p.UNSUBSCRIBE) return version === 5 ? unsuback5(midOf(packet), [0]) : p.ack(p.UNSUBACK, midOf(packet));
  if (type === p.PUBREL) return ack5(p.PUBCOMP, midOf(packet));
  if (type !== p.PUBLISH || (packet.flags & 6) === 0) return null;
  return ack5((packet.flags & 6) === 2 ? p.PUBACK : p.PUBREC, midOf(packet));
}

export function wordsOf(peer: Peer, version: Version): string[] {
  return peer.received.map((packet) => inWords(packet, version));
}

export async function arrived(peer: Peer, count: number, version: Version): Promise<void> {
  await until(
    () => peer.received.length >= count,
    () => `${count} packets; there are ${wordsOf(peer, version).join(', ')}`,
  );
}

export interface Scripted {
  readonly client: Mosquitto;
  /** The ids and the codes of on_publish and on_disconnect. */
  readonly confirmed: number[];
  readonly ended: number[];
  /** Begins a connection. No connection begins by itself. */
  connect(): void;
  /** The broker's side of the connection that the last connect() began, once CONNECT has arrived. */
  peer(): Promise<Peer>;
  /**
   * Calls connect(), and returns the broker's side of the connection, which it has accepted. The client must be driven.
   */
  accept(session_present?: boolean, receive_maximum?: number): Promise<Peer>;
}

/** A client that wants a session, and a broker that sends nothing by itself. */
export async function scriptedFor(t: TestContext, version: Version): Promise<Scripted> {
  const fake = await fakeBrokerFor(t, () => undefined);
  const client = clientOf(t, version, 'scripted', false);
  assert.equal(client.reconnect_delay_set(60, 60, false), 0);
  const confirmed: number[] = [];
  const ended: number[] = [];
  client.on_publish = (_mosq, _obj, mid) => void confirmed.push(mid);
  client.on_disconnect = (_mosq, _obj, rc) => void ended.push(rc);
  let before = 0;
  const connect = (): void => {
    before = fake.peers.length;
    assert.equal(client.connect(fake.host, fake.port), 0);
  };
  const peer = async (): Promise<Peer> => {
    await until(() => (fake.peers[before]?.received.length ?? 0) > 0, 'CONNECT');
    const begun = fake.peers[before];
    assert.ok(begun);
    return begun;
  };
  const accept = async (session_present?: boolean, receive_maximum?: number): Promise<Peer> => {
    connect();
    const begun = await peer();
    begun.send(accepted(version, session_present, receive_maximum));
    return begun;
  };
  return { client, confirmed, ended, connect, peer, accept };
}
