/** The manual pages as the programs that show them read them. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { subcommands } from '../../src/cli/subcommands/index.ts';
import { runCommand } from '../../src/testing/index.ts';
import { runTwinline } from '../fixtures/command-run.ts';
import { missingProgram } from '../fixtures/installed-program.ts';

describe('groff finds nothing to warn of in the page of', { skip: missingProgram('groff') }, () => {
  for (const name of [undefined, ...subcommands.map((entry) => entry.name)]) {
    test(name ?? 'twinline itself', async () => {
      const page = await runTwinline('manual', ...(name === undefined ? [] : [name]));
      assert.deepEqual([page.exitCode, page.stderr], [0, '']);
      const shown = await runCommand('groff', ['-man', '-Tutf8', '-P-cbou', '-ww'], { input: page.stdout });
      assert.deepEqual([shown.exitCode, shown.stderr], [0, '']);
      const title = name === undefined ? 'twinline' : `twinline-${name}`;
      assert.match(shown.stdout.toString(), new RegExp(`${title} [-−] `), 'the line that whatis shows');
    });
  }
});

test('a command that is not there is refused with the nearest', async () => {
  const { exitCode, stderr } = await runTwinline('manual', 'gte');
  assert.equal(exitCode, 64);
  assert.match(stderr, /no command "gte".*get/);
});
