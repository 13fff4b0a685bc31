/** Prints what the tests of server cases declare, as JSON: `TWINLINE_DECLARE_CASES=1 node --test-name-pattern=^$ tell-declared.ts`. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { declared } from './declared.ts';

for (const file of readdirSync(import.meta.dirname).filter((name) => name.endsWith('.test.ts'))) {
  await import(join(import.meta.dirname, file));
}
process.stdout.write(`DECLARED ${JSON.stringify(declared)}\n`);
process.exit();
