// Runs one client with one kind of work, in a process of its own. Prints a report in JSON.

import { fail } from './driver';
import { loadDriver } from './drivers';
import { parseOptions } from './options';
import { works } from './works';

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  const work = works[options.work];
  if (work === undefined) throw new Error(`--work '${options.work}' is none of ${Object.keys(works).join(', ')}`);
  const report = await work(() => loadDriver(options.driver), options);
  process.stdout.write(`${JSON.stringify(report)}\n`, () => {
    // The system closes the connections, because the time to close them is not measured.
    process.exit(0);
  });
}

main().catch(fail);
