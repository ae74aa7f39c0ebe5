// Prepares a client for a kind of connection, such as TLS or a proxy.
import assert from 'node:assert/strict';
import { MOSQ_OPT_TRANSPORT, MOSQ_T_WEBSOCKETS, type Mosquitto } from 'libmosquitto';
import type { Certificates } from './certificates';
import type { Address } from './traffic';

/** Prepares a client for its kind of connection to a broker, before it connects. */
export type Preparation = (client: Mosquitto) => void;

export function overWebSockets(client: Mosquitto): void {
  assert.equal(client.int_option(MOSQ_OPT_TRANSPORT, MOSQ_T_WEBSOCKETS), 0);
}

export function overTls({ ca }: Certificates): Preparation {
  return (client) => {
    assert.equal(client.tls_set(ca.cert), 0);
  };
}

/** Through a SOCKS5 proxy. */
export function through({ host, port }: Address, username?: string | null, password?: string | null): Preparation {
  return (client) => {
    assert.equal(client.socks5_set(host, port, username, password), 0);
  };
}

/** Joins all parts, in this order. */
export function together(...preparations: Preparation[]): Preparation {
  return (client) => {
    for (const prepare of preparations) prepare(client);
  };
}
