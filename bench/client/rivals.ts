// Loads the other client libraries, with which the benchmark compares this package.

import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Packages of bench/node_modules. This file is compiled to build/bench/bench/client. */
export const requireRival = createRequire(join(__dirname, '..', '..', '..', '..', 'bench', 'package.json'));
