// The kinds of work that the benchmark measures, by their names.

import type { Driver } from './driver';
import type { Options } from './options';
import { connections } from './works/connections';
import { exchange } from './works/exchange';
import { latency } from './works/latency';
import { memory } from './works/memory';
import { publish } from './works/publish';
import { receive } from './works/receive';
import { stall } from './works/stall';
import { startup } from './works/startup';

export type Work = (load: () => Driver, options: Options) => Promise<object>;

function loaded(work: (driver: Driver, options: Options) => Promise<object>): Work {
  return (load, options) => work(load(), options);
}

export const works: Record<string, Work> = {
  receive: loaded(receive),
  publish: loaded(publish),
  exchange: loaded(exchange),
  latency: loaded(latency),
  connections: loaded(connections),
  stall: loaded(stall),
  startup,
  memory: loaded(memory),
};
