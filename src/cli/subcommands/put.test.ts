import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createTempFolder, type ScriptedServer, type ScriptedServerOptions, seededBytes } from '../../testing/index.ts';
import { modes, startServerFor } from '../../../test/fixtures/client-pair.ts';
import { runTwinline } from '../../../test/fixtures/command-run.ts';

const file = seededBytes(100_000, 72);
const start = (options: ScriptedServerOptions = {}) => startServerFor(modes[2], options);
const urlOf = (server: ScriptedServer, path: string) => `ftpes://${server.host}:${server.port}/${path}`;

describe('twinline put', () => {
  test('keeps the local name behind a slash, and takes the file by -T as well', async () => {
    await using folder = await createTempFolder();
    await writeFile(folder.join('f.bin'), file);
    for (const [path, name] of [
      ['', 'f.bin'],
      ['in/', 'in/f.bin'],
      ['other', 'other'],
    ] as const) {
      for (const words of [
        [folder.join('f.bin'), 'URL'],
        ['-T', folder.join('f.bin'), 'URL'],
      ]) {
        await using server = await start();
        const given = words.map((word) => (word === 'URL' ? urlOf(server, path) : word));
        const run = await runTwinline('put', ...given, '-k', '-u', 'a:b');
        assert.equal(run.exitCode, 0, run.stderr);
        assert.deepEqual(server.uploads.get(name), file);
        assert.match(run.stderr, /f\.bin: 100,000 bytes in .*, complete\n$/);
      }
    }
  });

  test('goes on with --resume', async () => {
    await using folder = await createTempFolder();
    await writeFile(folder.join('f'), file);
    await writeFile(folder.join('half'), file.subarray(0, 50_000));
    await using server = await start();
    await runTwinline('put', folder.join('half'), urlOf(server, 'f'), '-k', '-u', 'a:b');
    const run = await runTwinline('put', folder.join('f'), urlOf(server, 'f'), '-k', '-u', 'a:b', '--resume');
    assert.match(run.stderr, /50,000 bytes from byte 50000 on/);
    assert.deepEqual(server.uploads.get('f'), file);
  });

  test('says how to go on when it is cut', async () => {
    await using folder = await createTempFolder();
    await writeFile(folder.join('f'), file);
    await using server = await start();
    const slowly = ['--limit-rate', '50K', '--max-time', '0.6'];
    const run = await runTwinline('put', folder.join('f'), urlOf(server, 'f'), '-k', '-u', 'a:b', ...slowly);
    assert.equal(run.exitCode, 124);
    assert.match(run.stderr, /; go on with: twinline put --resume \S+f ftpes:\S+\/f -u a -k\n/);
  });

  const cases: readonly (readonly [
    what: string,
    code: number,
    says: RegExp,
    words: (server: ScriptedServer, f: string) => string[],
  ])[] = [
    ['a missing file', 74, /"none" cannot be read: it does not exist/, (server) => ['none', urlOf(server, '')]],
    [
      'a folder',
      74,
      /is a folder; name a file to upload, or mirror the folder/,
      (server) => ['/tmp', urlOf(server, 'x')],
    ],
    ['a missing URL', 64, /put needs a file and a URL/, (_server, f) => [f]],
    ['a URL before the file', 64, /files come first and the URL behind them/, (server, f) => [urlOf(server, ''), f]],
    ['several files for one name', 64, /Several files need a folder/, (server, f) => [f, f, urlOf(server, 'x')]],
    ['standard input without a name', 64, /standard input needs a name/, (server) => ['-', urlOf(server, 'in/')]],
    ['a refusal', 66, /refused STOR f: "553 Not here"/, (server, f) => [f, urlOf(server, '')]],
  ];
  for (const [what, code, says, words] of cases) {
    test(`explains ${what} in one sentence`, async () => {
      await using folder = await createTempFolder();
      await writeFile(folder.join('f'), file);
      await using server = await start({ commands: { STOR: '553 Not here' } });
      const run = await runTwinline('put', ...words(server, folder.join('f')), '-k', '-u', 'a:b');
      assert.equal(run.exitCode, code, run.stderr);
      assert.match(run.stderr, says);
      assert.match(run.stderr, /^twinline: [^\n]+\n$/);
      assert.equal(server.uploads.size, 0);
    });
  }
});
