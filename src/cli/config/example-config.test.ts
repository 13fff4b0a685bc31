import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createTempFolder } from '../../testing/index.ts';
import { readConfigFile } from '../serve/config-file.ts';
import { loadSettings } from '../serve/load-settings.ts';
import { fileRecords } from '../serve/setting-records.ts';
import { exampleConfig } from './example-config.ts';

const example = exampleConfig();

/** The example with the commented lines taken in for which `wanted` says so. */
function takingIn(wanted: (line: string) => boolean): string {
  return example
    .split('\n')
    .map((line) => (/^#[^ ]/.test(line) && wanted(line.slice(1)) ? line.slice(1) : line))
    .join('\n');
}

async function load(text: string) {
  await using folder = await createTempFolder();
  await writeFile(folder.join('server.toml'), text);
  return await loadSettings({ config: folder.join('server.toml') });
}

/** Settings that make sense only beside another. */
const beside: Readonly<Record<string, readonly string[]>> = {
  cert: ['key'],
  key: ['cert'],
  admin: ['user'],
  'audit-http-token': ['audit-http'],
  'anonymous-home': ['anonymous'],
  'anonymous-upload': ['anonymous'],
  'client-certificates': ['client-ca'],
  'client-ca': ['client-certificates'],
  'certificate-login': ['client-certificates', 'client-ca'],
};

describe('the example configuration', () => {
  test('says nothing as it is: every setting has its default', async () => {
    const { dataDir: _one, ...settings } = (await load(example)).settings;
    const { dataDir: _other, ...defaults } = (await loadSettings({})).settings;
    assert.deepEqual(settings, defaults);
  });

  for (const { name, table } of fileRecords()) {
    if (table?.form !== 'one') {
      test(`shows ${name} as it is taken`, async () => {
        const names = [name, ...(beside[name] ?? [])];
        let isTop = true;
        const text = takingIn((line) => {
          if (line.startsWith('[')) isTop = false;
          return isTop && names.includes(line.split(' = ')[0] ?? '');
        });
        const { given } = await load(text);
        assert.ok(given.has(name as 'listen'));
      });
    }
    if (table === undefined) continue;
    test(`shows the fields of ${name} as they are taken`, async () => {
      const header = table.form === 'one' ? `[${name}]` : `[[${name}]]`;
      let isInside = false;
      const text = takingIn((line) => {
        if (line.startsWith('[')) isInside = line === header;
        return isInside;
      });
      await using folder = await createTempFolder();
      await writeFile(folder.join('server.toml'), text);
      const { settings, problems } = await readConfigFile(folder.join('server.toml'));
      assert.deepEqual(problems, []);
      const [part] = settings.get(name)?.tables ?? [];
      assert.deepEqual(
        [...(part?.fields.keys() ?? [])],
        table.fields.map((field) => field.name),
      );
      // Of the others, some fields stand in for others, so that all at once make no sense.
      if (table.isOptional !== true) await loadSettings({ config: folder.join('server.toml') });
    });
  }
});
