/** What the how-to pages show is understood by the command. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createTempFolder } from '../../src/testing/index.ts';
import { loadSettings } from '../../src/cli/serve/load-settings.ts';
import { settingRecords } from '../../src/cli/serve/setting-records.ts';
import { textOf } from './source-files.ts';

const page = textOf('docs/how-to/run-a-server.md');

describe('the page on running a server', () => {
  test('shows a configuration file that is taken as it is', async () => {
    const toml = /```toml\n([^]*?)```/.exec(page)?.[1] ?? assert.fail('no TOML on the page');
    await using folder = await createTempFolder();
    await writeFile(folder.join('server.toml'), toml);
    const { settings } = await loadSettings({ config: folder.join('server.toml') });
    assert.equal(settings.listeners.length, 4);
    assert.deepEqual(
      settings.users.map(({ name }) => name),
      ['anna', 'bob'],
    );
    assert.equal(settings.certificates[0]?.certFile, folder.join('fullchain.pem'));
  });

  test('names no option that does not exist', () => {
    const known = new Set<string>([...settingRecords.map(({ name }) => `--${name}`), '--config', '--help']);
    // Other subcommands have options of their own.
    const aboutServe = page.replaceAll(/`twinline (?!serve)[^`]*`/g, '');
    const named = [...aboutServe.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map((match) => match[0]);
    assert.deepEqual(
      named.filter((option) => !known.has(option)),
      [],
    );
  });
});
