// Reads the command line of npm run bench.

import { parseArgs } from 'node:util';

export interface CommandLine {
  readonly quick: boolean;
  readonly only: readonly string[];
  readonly drivers: readonly string[];
  /** 0 for the planned number. */
  readonly rounds: number;
  readonly seconds: number;
  readonly count: number;
  readonly pin: boolean;
  readonly out: string | null;
  readonly list: boolean;
  readonly help: boolean;
}

export const HELP = `npm run bench [-- OPTION...]         all cases: about an hour
npm run bench:quick [-- OPTION...]   the cases of the targets: less than two minutes

  --only CASE,...      only these cases; receive-qos0* means all that begin so
  --drivers NAME,...   only these clients; 'ours' means all three drive modes
  --rounds N           the number of measurements of each
  --seconds N          the duration of each, without the warm-up
  --count N            the number of messages, instead of a duration
  --pin                runs the peer or broker on a processor of its own, the client on the others
  --out FOLDER         the folder for results.json and the charts (bench/results)
  --list               prints the names of cases and clients
  --help               prints this

  npm run bench -- --only receive-qos0 --drivers ours,mqtt.js
`;

export function parseCommandLine(args: string[]): CommandLine {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args,
    options: {
      quick: flag,
      only: text,
      drivers: text,
      rounds: text,
      seconds: text,
      count: text,
      pin: flag,
      out: text,
      list: flag,
      help: flag,
    },
  });
  return {
    quick: values.quick,
    only: words(values.only),
    drivers: words(values.drivers),
    rounds: number('rounds', values.rounds),
    seconds: number('seconds', values.seconds),
    count: number('count', values.count),
    pin: values.pin,
    out: values.out ?? null,
    list: values.list,
    help: values.help,
  };
}

function words(text: string | undefined): string[] {
  return text === undefined ? [] : text.split(',').filter((word) => word !== '');
}

function number(name: string, text: string | undefined): number {
  const value = Number(text ?? 0);
  if (!(value >= 0)) throw new Error(`--${name} takes a number, not '${text}'`);
  return value;
}
