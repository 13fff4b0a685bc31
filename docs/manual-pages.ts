/** Writes the manual pages into man/, where the package has them: a part of `npm run build`. */

import { mkdir, writeFile } from 'node:fs/promises';
import { packageVersion } from '../src/cli/package-version.ts';
import { mainManualPage, manualPage } from '../src/cli/manual/manual-page.ts';
import { loadSubcommands, subcommands } from '../src/cli/subcommands/index.ts';

const folder = new URL('../man/', import.meta.url);
const version = await packageVersion();
await mkdir(folder, { recursive: true });
await writeFile(new URL('twinline.1', folder), mainManualPage(version, subcommands));
for (const record of await loadSubcommands()) {
  await writeFile(new URL(`twinline-${record.name}.1`, folder), manualPage(version, record));
}
