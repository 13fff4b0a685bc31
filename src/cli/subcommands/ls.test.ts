import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import type { Script, ScriptedServer, ScriptedServerOptions } from '../../testing/index.ts';
import { clientEventLineSchema } from '../display/client-event.ts';
import { modes, startServerFor } from '../../../test/fixtures/client-pair.ts';
import { runTwinline } from '../../../test/fixtures/command-run.ts';

const start = (options: ScriptedServerOptions = {}) => startServerFor(modes[2], options);
const urlOf = (server: ScriptedServer, path: string) => `ftpes://${server.host}:${server.port}/${path}`;

const MLSD: Script = async (session) => {
  await session.reply('150 Here it comes');
  const line = await session.acceptData();
  await line.write(
    'type=dir;modify=20120102030405; in\r\n' +
      'type=file;size=77200652;modify=20121112223335;UNIX.mode=0644; a b.bin\r\n' +
      'type=file;size=1; \x1b[31mred\r\n',
  );
  await session.endData(line);
  await session.reply('226 Done');
};

describe('twinline ls', () => {
  test('prints a line for each entry, with nothing that a terminal would obey', async () => {
    await using server = await start({ commands: { MLSD } });
    const run = await runTwinline('ls', urlOf(server, 'in/'), '-k', '-u', 'a:b');
    assert.equal(run.exitCode, 0, run.stderr);
    assert.deepEqual(run.stdout.toString().split('\n'), [
      'd                          2012-01-02 03:04  in/',
      '-rw-r--r--       77200652  2012-11-12 22:33  a b.bin',
      '-                       1                    \\x1B[31mred',
      '',
    ]);
    assert.ok(server.sessions[0]?.commands.includes('MLSD in'));
  });

  test('prints JSON lines for programs', async () => {
    await using server = await start({ commands: { MLSD } });
    const run = await runTwinline('ls', urlOf(server, ''), '--json', '-k', '-u', 'a:b');
    const entries = run.stdout
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => clientEventLineSchema.parse(JSON.parse(line)));
    assert.deepEqual(
      entries.map(({ kind }) => kind),
      ['session', 'entry', 'entry', 'entry', 'summary'],
    );
    const { v, time, ...file } = entries[2] ?? {};
    assert.deepEqual([v, typeof time], [1, 'string']);
    assert.deepEqual(file, {
      kind: 'entry',
      name: 'a b.bin',
      type: 'file',
      size: 77_200_652,
      mode: 0o644,
      modified: '2012-11-12T22:33:35.000Z',
    });
  });

  test('shows one file where the URL names a file', async () => {
    const commands = { MLSD: '501 Not a folder', MLST: '250-Facts\n type=file;size=5; /in/f\n250 End' };
    await using server = await start({ commands });
    const run = await runTwinline('ls', urlOf(server, 'in/f'), '-k', '-u', 'a:b');
    assert.equal(run.stdout.toString().trimEnd(), '-                       5                    f');
  });

  test('fails when the listing was cut, however much it has shown', async () => {
    const cut: Script = async (session) => {
      await session.reply('150 Here it comes');
      const line = await session.acceptData();
      await line.write('type=file; a\r\n');
      line.finWithoutCloseNotify();
      await session.reply('226 Done');
    };
    await using server = await start({ commands: { MLSD: cut } });
    const run = await runTwinline('ls', urlOf(server, ''), '-k', '-u', 'a:b');
    assert.equal(run.exitCode, 75);
    assert.match(run.stderr, /without close_notify/);
  });

  test('passes the refusal on', async () => {
    await using server = await start({ commands: { MLSD: '550 No such folder', MLST: '550 No' } });
    const run = await runTwinline('ls', urlOf(server, 'none'), '-k', '-u', 'a:b');
    assert.equal(run.exitCode, 66);
    assert.match(run.stderr, /^twinline: The server refused MLSD none: "550 No such folder"\.\n$/);
  });
});
