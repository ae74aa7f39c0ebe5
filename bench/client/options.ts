// Reads the command line of a client's process.

import { parseArgs } from 'node:util';

/** The measurement to make. The C client has the same command line. */
export interface Options {
  readonly driver: string;
  readonly work: string;
  readonly host: string;
  readonly port: number;
  /** Uses TLS when given. */
  readonly ca: string | null;
  readonly qos: 0 | 1 | 2;
  /** Bytes of a payload. */
  readonly size: number;
  /** The number of topics that the published messages take in turn. */
  readonly topics: number;
  /** Published and not yet confirmed. */
  readonly outstanding: number;
  readonly warmup: number;
  readonly seconds: number;
  /** The number of messages, instead of a duration, when not 0. */
  readonly count: number;
  readonly connections: number;
}

export function parseOptions(args: string[]): Options {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args,
    options: {
      driver: text,
      work: text,
      host: { ...text, default: '127.0.0.1' },
      port: text,
      ca: text,
      qos: { ...text, default: '0' },
      size: { ...text, default: '100' },
      topics: { ...text, default: '1' },
      outstanding: { ...text, default: '100' },
      warmup: { ...text, default: '0' },
      seconds: { ...text, default: '0' },
      count: { ...text, default: '0' },
      connections: { ...text, default: '1' },
    },
  });
  const qos = Number(values.qos);
  if (qos !== 0 && qos !== 1 && qos !== 2) throw new Error(`--qos is 0, 1 or 2, not ${values.qos}`);
  return {
    driver: values.driver ?? '',
    work: values.work ?? '',
    host: values.host,
    port: Number(values.port),
    ca: values.ca ?? null,
    qos,
    size: Number(values.size),
    topics: Number(values.topics),
    outstanding: Number(values.outstanding),
    warmup: Number(values.warmup),
    seconds: Number(values.seconds),
    count: Number(values.count),
    connections: Number(values.connections),
  };
}
