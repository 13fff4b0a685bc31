/** What the how-to pages show is understood by the command. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createTempFolder } from '../../src/testing/index.ts';
import { loadSettings } from '../../src/cli/serve/load-settings.ts';
import { settingRecords } from '../../src/cli/serve/setting-records.ts';
import { parseCommandLine } from '../../src/cli/command-line.ts';
import { proxyOptions } from '../../src/cli/proxy/proxy-options.ts';
import { readScenario } from '../../src/cli/proxy/scenario.ts';
import { serve } from '../../src/cli/subcommands/serve.ts';
import { user } from '../../src/cli/subcommands/user.ts';
import { checkOptions } from '../../src/cli/user/options.ts';
import { parseFault } from '../../src/lab/index.ts';
import { rightNames } from '../../src/users/index.ts';
import { textOf } from './source-files.ts';

const usersPage = textOf('docs/how-to/users.md');

/** The blocks of one language on a page. */
function blocks(text: string, language: string): readonly string[] {
  return [...text.matchAll(new RegExp('```' + language + '\\n([^]*?)```', 'g'))].map((match) => match[1] ?? '');
}

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

describe('the page on TLS', () => {
  test('shows a configuration file that is taken as it is', async () => {
    const [toml = ''] = blocks(textOf('docs/how-to/tls.md'), 'toml');
    await using folder = await createTempFolder();
    await writeFile(folder.join('server.toml'), toml);
    const { settings } = await loadSettings({ config: folder.join('server.toml') });
    assert.equal(settings.certificates.length, 2);
    assert.equal(settings.sessionReuse, 'require');
    assert.equal(settings.tlsRules.clientCertificates?.logins[0]?.user, 'anna');
  });
});

describe('the page on rights', () => {
  const rightsPage = textOf('docs/how-to/rights.md');

  test('shows a configuration file that is taken as it is', async () => {
    const [toml = ''] = blocks(rightsPage, 'toml');
    await using folder = await createTempFolder();
    await writeFile(folder.join('server.toml'), toml);
    const { settings } = await loadSettings({ config: folder.join('server.toml') });
    const [anna] = settings.users;
    assert.equal(settings.rates.down, 50_000_000);
    assert.equal(settings.storages.get('tapes'), '/srv/tapes');
    assert.equal(anna?.rights?.length, 3);
    assert.equal(anna.mounts?.[1]?.readOnly, true);
    assert.equal(anna.quotaBytes, 10 * 2 ** 30);
  });

  test('names every right, and no other', () => {
    const table = /\| Right \|[^]*?\n\n/.exec(rightsPage)?.[0] ?? '';
    const named = [...table.matchAll(/^\| (`[^|]*)\|/gm)].flatMap(([, cell = '']) => cell.match(/[a-z]+/g) ?? []);
    assert.deepEqual(named.sort(), [...rightNames].sort());
  });
});

describe('the page on users', () => {
  test('shows configuration files that are taken as they are', async () => {
    const files = blocks(usersPage, 'toml');
    assert.equal(files.length, 2);
    for (const toml of files) {
      await using folder = await createTempFolder();
      await writeFile(folder.join('server.toml'), toml);
      const { settings } = await loadSettings({ config: folder.join('server.toml') });
      assert.ok(settings.httpHook ?? settings.programHook);
    }
  });

  test('shows command lines that are understood', () => {
    const lines =
      blocks(usersPage, '')
        .join('')
        .match(/^twinline .*$/gm) ?? [];
    assert.ok(lines.length > 6);
    for (const line of lines) {
      const [, name, ...words] = line.split(' ').map((word) => word.replaceAll("'", ''));
      const { positional, options } = parseCommandLine(name === 'user' ? user : serve, words);
      if (name === 'user') checkOptions(positional[0] ?? '', options);
    }
  });
});

describe('the page on adding a command', () => {
  const text = textOf('docs/how-to/add-a-command.md');
  const record = textOf('src/server/commands/define-command.ts');

  test('shows AVBL as it is', () => {
    const [file = '', line = ''] = blocks(text, 'ts');
    assert.equal(file, textOf('src/server/commands/avbl.ts'));
    assert.ok(textOf('src/server/commands/index.ts').includes(line));
  });

  test('explains every field of a record that decides something', () => {
    const fields = [
      ...(/interface CommandRecord \{([^]*?)\n\}/.exec(record)?.[1]?.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(]/gm) ??
        []),
    ];
    const obvious = new Set(['verbs', 'help', 'clause', 'run']);
    const explained = new Set([...text.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1]));
    assert.ok(fields.length > 10, 'the search finds something');
    assert.deepEqual(
      fields.map((match) => match[1] ?? '').filter((field) => !obvious.has(field) && !explained.has(field)),
      [],
    );
  });
});

describe('the page on defence', () => {
  test('shows configuration that is taken as it is', async () => {
    const shown = blocks(textOf('docs/how-to/defence.md'), 'toml');
    assert.equal(shown.length, 3);
    await using folder = await createTempFolder();
    for (const toml of shown) {
      await writeFile(folder.join('server.toml'), toml);
      const { settings } = await loadSettings({ config: folder.join('server.toml') });
      assert.ok(Object.keys(settings.limits).length > 0 || settings.proxyProtocolFrom.length === 2);
    }
  });
});

describe('the page on the proxy', () => {
  const proxyPage = textOf('docs/how-to/proxy.md');

  test('shows rules that are understood', () => {
    const rules = [...proxyPage.matchAll(/--fault '([^']+)'|"fault": "([^"]+)"/g)].map(
      (match) => match[1] ?? match[2] ?? '',
    );
    assert.ok(rules.length > 8);
    for (const rule of rules) assert.equal(parseFault(rule).text, rule);
  });

  test('shows a scenario that is taken as it is', async () => {
    const [toml = ''] = blocks(proxyPage, 'toml');
    await using folder = await createTempFolder();
    await writeFile(folder.join('plan.toml'), toml);
    const { seed, faults } = await readScenario(folder.join('plan.toml'));
    assert.equal(seed, 7);
    assert.deepEqual(
      faults.map(({ record }) => record.name),
      ['latency', 'drop', 'reset', 'replace'],
    );
  });

  test('names no option that does not exist', () => {
    const known = new Set(proxyOptions.flatMap(({ flags }) => flags.split(/[ ,]+/)));
    const named = [...proxyPage.matchAll(/(?:`|twinline proxy [^`\n]*?)(--[a-z][a-z-]+)/g)].map(
      (match) => match[1] ?? '',
    );
    assert.ok(named.length > 10);
    assert.deepEqual(
      named.filter((option) => !known.has(option)),
      [],
    );
  });
});
