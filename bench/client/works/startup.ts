import type { Driver } from '../driver';
import type { Options } from '../options';

/** Measures the time from require() until the broker has accepted the connection. */
export async function startup(load: () => Driver, options: Options): Promise<object> {
  const begun = performance.now();
  await load().open(options, { message: () => undefined, published: () => undefined });
  return { milliseconds: performance.now() - begun };
}
