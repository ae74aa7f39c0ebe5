// The list of all measurements of the benchmark.

export type Work = 'receive' | 'publish' | 'exchange' | 'latency' | 'connections' | 'stall' | 'startup' | 'memory';

/** One measurement, for every driver that can make it. */
export interface Case {
  readonly id: string;
  readonly title: string;
  readonly work: Work;
  /** The other end: our peer, or a real broker. */
  readonly through: 'peer' | 'broker';
  readonly qos: 0 | 1 | 2;
  readonly size: number;
  readonly topics: number;
  readonly tls: boolean;
  readonly connections: number;
  /**
   * The number of messages per second that arrive beside the work; 0 for none or, from the peer, for as many as the
   * client receives.
   */
  readonly rate: number;
  /** Whether a row of the table of targets depends on it. */
  readonly target: boolean;
}

const plain = {
  through: 'peer',
  qos: 0,
  size: 100,
  topics: 1,
  tls: false,
  connections: 1,
  rate: 0,
  target: false,
} as const;

const SIZES: ReadonlyArray<readonly [bytes: number, name: string]> = [
  [16, '16B'],
  [1024, '1KiB'],
  [65536, '64KiB'],
];

function throughput(work: 'receive' | 'publish', qos: 0 | 1 | 2): Case[] {
  const id = `${work}-qos${qos}`;
  const title = `${work} QoS ${qos}`;
  const base = { ...plain, work, qos };
  return [
    { ...base, id, title: `${title}, 100 B`, target: true },
    ...SIZES.map(([size, name]) => ({
      ...base,
      id: `${id}-${name}`,
      title: `${title}, ${name.replace(/(\d+)/, '$1 ')}`,
      size,
      target: size === 65536 && qos === 0,
    })),
    { ...base, id: `${id}-10000-topics`, title: `${title}, 100 B, 10,000 topics`, topics: 10000 },
    { ...base, id: `${id}-tls`, title: `${title}, 100 B, TLS`, tls: true, target: qos === 0 },
  ];
}

function both(qos: 0 | 1 | 2): Case[] {
  return [...throughput('receive', qos), ...throughput('publish', qos)];
}

const throughBroker: Case[] = ([0, 1, 2] as const).map((qos) => ({
  ...plain,
  id: `exchange-qos${qos}`,
  title: `publish and receive through mosquitto, QoS ${qos}, 100 B`,
  work: 'exchange',
  through: 'broker',
  qos,
}));

const latency = { ...plain, work: 'latency', through: 'broker' } as const;
const roundTrips: Case[] = [
  { ...latency, id: 'latency', title: 'round trip through mosquitto, idle', target: true },
  { ...latency, id: 'latency-load', title: 'round trip through mosquitto, 20,000 messages/s beside it', rate: 20000 },
  { ...latency, id: 'latency-peer', title: 'round trip through the peer', through: 'peer' },
];

const processes: Case[] = [
  {
    ...plain,
    id: 'connections-1000',
    title: '1,000 connections in one process',
    work: 'connections',
    connections: 1000,
  },
  {
    ...plain,
    id: 'connections-10000',
    title: '10,000 connections in one process',
    work: 'connections',
    connections: 10000,
    target: true,
  },
  {
    ...plain,
    id: 'stall',
    title: 'event-loop delay while 200,000 messages/s arrive',
    work: 'stall',
    rate: 200000,
    target: true,
  },
  { ...plain, id: 'startup', title: 'start-up, from require() to connected', work: 'startup' },
  { ...plain, id: 'memory', title: 'memory while 5,000 messages/s arrive', work: 'memory', rate: 5000 },
];

export const cases: readonly Case[] = [
  ...both(0),
  ...both(1),
  ...both(2),
  ...throughBroker,
  ...roundTrips,
  ...processes,
];

/** The cases for words of the command line: an id, or the beginning of an id with `*` at its end. */
export function selectCases(words: readonly string[], from: readonly Case[]): Case[] {
  for (const word of words) {
    if (!cases.some((one) => names(word, one.id))) {
      throw new Error(`--only '${word}' is no case; these are: ${cases.map((one) => one.id).join(', ')}`);
    }
  }
  if (words.length === 0) return [...from];
  return cases.filter((one) => words.some((word) => names(word, one.id)));
}

function names(word: string, id: string): boolean {
  return word.endsWith('*') ? id.startsWith(word.slice(0, -1)) : id === word;
}
