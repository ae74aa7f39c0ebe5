// Writes all files that depend on the layout of event records, from scripts/events/records.json. They define how the addon
// writes the records, how JavaScript reads them, and how a test does both.
//
//   node scripts/generate-events.mjs [--check]
//
// --check writes nothing, and fails when one of the files is not up to date with records.json.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { callbacks } from './events/callbacks.mjs';
import { header } from './events/header.mjs';
import { reader, version } from './events/reader.mjs';
import { readSchema } from './events/schema.mjs';
import { table } from './events/table.mjs';
import { main, UserError } from './lib/log.mjs';
import { inRoot } from './lib/paths.mjs';

const { values: options } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

await main(() => {
  const records = readSchema();
  const files = {
    'native/driver/event_records.h': header(records),
    'lib/native/event-records.ts': reader(records),
    'lib/native/event-records-version.ts': version(records),
    'lib/mosquitto/callback-table.ts': callbacks(records),
    'test/support/event-records.ts': table(records),
  };
  for (const [name, text] of Object.entries(files)) {
    const path = inRoot(name);
    if (!options.check) writeFileSync(path, text);
    else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
      throw new UserError(`${name} is not what scripts/events/records.json says: run node scripts/generate-events.mjs`);
    }
  }
});
