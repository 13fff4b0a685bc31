import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createTempFolder, type TempFolder } from '../../testing/index.ts';
import type { OptionValues } from '../define-subcommand.ts';
import { loadSettings } from '../serve/load-settings.ts';
import { printJson, printToml } from './print-config.ts';

async function given(folder: TempFolder, text: string, options: OptionValues = {}) {
  await writeFile(folder.join('server.toml'), text);
  return (await loadSettings({ config: folder.join('server.toml'), ...options })).given;
}

const text = `listen = "127.0.0.1:0"
read-only = true
[[user]]
name = "anna"
password = "geheim:secret"
[limits]
idle = "20 min"
stall = 30
`;

describe('the printed configuration', () => {
  test('says of each value where it comes from, and shows no password', async () => {
    await using folder = await createTempFolder();
    const values = await given(folder, text, { tls: 'off', limit: ['stall=40'] });
    const file = folder.join('server.toml');
    assert.equal(
      printToml(values, { withDefaults: false }),
      `listen = ["127.0.0.1:0"]  # ${file}:1
read-only = true  # ${file}:2
tls = "off"  # --tls

[[user]]  # ${file}:3
name = "anna"  # ${file}:4
password = "********"  # ${file}:5

[limits]
idle = "20 min"  # ${file}:7
stall = "40"  # --limit stall
`,
    );
  });

  test('keeps the name of a user whose password is masked', async () => {
    const { given: values } = await loadSettings({ user: ['anna:a:b', 'carl:c'] });
    const printed = printToml(values, { withDefaults: false });
    assert.equal(printed, 'user = ["anna:********", "carl:********"]  # --user\n');
  });

  test('with its defaults is a file that says the same', async () => {
    await using folder = await createTempFolder();
    const { given: values, settings } = await loadSettings({});
    const printed = printToml(values, { withDefaults: true });
    assert.match(printed, /^idle = "15 min" {2}# default$/m);
    assert.match(printed, /^# root: default: "files" in the data folder/m);
    await writeFile(folder.join('printed.toml'), printed);
    const again = await loadSettings({ config: folder.join('printed.toml') });
    const { limits, listeners, namesListeners: _named, ...rest } = again.settings;
    const { limits: _limits, listeners: _listeners, namesListeners: _defaulted, ...defaults } = settings;
    assert.deepEqual({ ...rest, passiveHost: undefined }, defaults);
    assert.equal(limits.idleMs, 900_000);
    assert.equal(listeners[0]?.port, 2121);
  });

  test('as JSON has values and places by name', async () => {
    await using folder = await createTempFolder();
    const printed: unknown = JSON.parse(printJson(await given(folder, text), { withDefaults: false }));
    const file = folder.join('server.toml');
    assert.deepEqual(printed, {
      listen: { value: ['127.0.0.1:0'], from: `${file}:1` },
      'read-only': { value: true, from: `${file}:2` },
      'user[]': [{ name: { value: 'anna', from: `${file}:4` }, password: { value: '********', from: `${file}:5` } }],
      limits: { idle: { value: '20 min', from: `${file}:7` }, stall: { value: '30', from: `${file}:8` } },
    });
  });
});
