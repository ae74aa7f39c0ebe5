/** The examples that need more than a broker on a TCP port: transports.test.ts runs them. */
export const TRANSPORT_EXAMPLES = [
  'socks5',
  'tls',
  'tls-client-certificate',
  'tls-psk',
  'unix-socket',
  'websockets',
] as const;
