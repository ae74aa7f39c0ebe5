import type { TestContext } from 'node:test';
import type { Broker, BrokerOptions } from './broker';
import type { Certificates, Pair } from './certificates';
import { brokerFor, sharedBroker } from './scope';

/** The configuration of a TLS listener with this certificate. */
export function tlsConfig(ca: Pair, { cert, key }: Pair): string[] {
  return [`cafile ${ca.cert}`, `certfile ${cert}`, `keyfile ${key}`];
}

/** Limits a broker to TLS 1.2; its own `tls_version` sets the lowest version. */
export const TLS_1_2: BrokerOptions = {
  env: { OPENSSL_CONF: '{dir}/openssl.cnf' },
  files: {
    'openssl.cnf': [
      ...['openssl_conf = main', '[main]', 'ssl_conf = ssl', '[ssl]', 'system_default = limits'],
      ...['[limits]', 'MaxProtocol = TLSv1.2', ''],
    ].join('\n'),
  },
};

/** A real mosquitto with this TLS certificate, and with `config` added to its listener. */
export function tlsBrokerFor(
  t: TestContext,
  certificates: Certificates,
  pair: Pair = certificates.server,
  options: BrokerOptions = {},
): Promise<Broker> {
  return brokerFor(t, { ...options, config: [...tlsConfig(certificates.ca, pair), ...(options.config ?? [])] });
}

export interface PskUser {
  readonly identity: string;
  /** Hexadecimal. */
  readonly psk: string;
}

/** One broker for all tests of a file: a real mosquitto that uses TLS with pre-shared keys. */
export function sharedPskBroker({ identity, psk }: PskUser): () => Broker {
  return sharedBroker({
    config: ['psk_file {dir}/keys', 'psk_hint test'],
    files: { keys: `${identity}:${psk}\n` },
  });
}
