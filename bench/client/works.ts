import type { Driver } from './driver';
import type { Options } from './options';
import { publish } from './works/publish';
import { receive } from './works/receive';

export type Work = (load: () => Driver, options: Options) => Promise<object>;

export const works: Record<string, Work> = {
  receive: (load, options) => receive(load(), options),
  publish: (load, options) => publish(load(), options),
};
