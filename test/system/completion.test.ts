/** The completion scripts in the shells that they are for. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { createTempFolder, runCommand } from '../../src/testing/index.ts';
import { runTwinline } from '../fixtures/command-run.ts';
import { launcher } from '../fixtures/serve-process.ts';
import { missingProgram } from '../fixtures/installed-program.ts';

async function scriptOf(shell: string): Promise<string> {
  const { exitCode, stdout } = await runTwinline('completion', shell);
  assert.equal(exitCode, 0);
  return stdout.toString();
}

/** A folder with the script of the shell and two files, and no home of anybody. */
async function workPlace(shell: string) {
  const folder = await createTempFolder();
  const script = join(folder.path, `completion.${shell}`);
  await writeFile(script, await scriptOf(shell));
  await mkdir(join(folder.path, 'work'));
  await writeFile(join(folder.path, 'work', 'letter one.txt'), '');
  // The names of bookmarks come from the command itself.
  const program = `#!/bin/sh\nexec '${process.execPath}' '${launcher}' "$@"\n`;
  await writeFile(join(folder.path, 'twinline'), program, { mode: 0o755 });
  await mkdir(join(folder.path, 'twinline-config/twinline'), { recursive: true });
  await writeFile(
    join(folder.path, 'twinline-config/twinline/client.toml'),
    '[bookmark.office]\nurl = "ftpes://files.example.org/"\n',
  );
  const environment = {
    PATH: `${folder.path}${delimiter}${process.env['PATH']}`,
    HOME: folder.path,
    XDG_CONFIG_HOME: join(folder.path, 'twinline-config'),
    XDG_CACHE_HOME: folder.path,
  };
  const run = async (command: string, words: readonly string[]): Promise<string> => {
    const done = await runCommand(command, words, { cwd: join(folder.path, 'work'), env: environment });
    assert.deepEqual([done.exitCode, done.stderr], [0, ''], `${command} ${words.join(' ')}`);
    return done.stdout.toString();
  };
  return { script, run, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

/** What each shell must offer behind the words, the last of which is being written. */
const cases = [
  { words: ['g'], offers: ['get'] },
  { words: ['get', '--tls-m'], offers: ['--tls-max'] },
  { words: ['config', 'ch'], offers: ['check'] },
  { words: ['serve', '--durability', 'f'], offers: ['fsync'] },
  { words: ['ls', 'ftpe'], offers: ['ftpes://'] },
  { words: ['ls', '@o'], offers: ['@office'] },
  { words: ['put', 'let'], offers: ['letter one.txt'] },
  { words: ['serve', '--config', 'let'], offers: ['letter one.txt'] },
];

describe('bash completes', { skip: missingProgram('bash') }, () => {
  for (const { words, offers } of cases) {
    test(`twinline ${words.join(' ')}`, async () => {
      await using place = await workPlace('bash');
      const typed = ['twinline', ...words].map((word) => `'${word}'`).join(' ');
      const body = `source "$0"; COMP_WORDS=(${typed}); COMP_CWORD=${words.length}; _twinline; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const said = await place.run('bash', ['--norc', '-c', body, place.script]);
      assert.deepEqual(said.trimEnd().split('\n'), offers);
    });
  }
});

describe('fish completes', { skip: missingProgram('fish') }, () => {
  for (const { words, offers } of cases) {
    test(`twinline ${words.join(' ')}`, async () => {
      await using place = await workPlace('fish');
      const body = `source ${place.script}; complete -C 'twinline ${words.join(' ')}'`;
      const said = await place.run('fish', ['--no-config', '-c', body]);
      const offered = said.trimEnd().split('\n');
      assert.deepEqual(
        offered.map((line) => line.split('\t')[0]?.replaceAll('\\ ', ' ')),
        offers,
      );
    });
  }
});

describe('zsh', { skip: missingProgram('zsh') }, () => {
  test('reads the script and completes twinline by it', async () => {
    await using place = await workPlace('zsh');
    const body = 'autoload -U compinit; compinit -D; source "$0"; print $_comps[twinline]';
    assert.equal(await place.run('zsh', ['-f', '-c', body, place.script]), '_twinline\n');
  });

  test('is told the commands, and the options and places of each', async () => {
    await using place = await workPlace('zsh');
    const stubs = '_arguments() { print -l -- "$@" }; _describe() { print -l -- ${(P)2} }; compdef() { : }';
    const ask = (words: string) => `words=(${words}); CURRENT=\${#words}; _twinline`;
    const body = `${stubs}; source "$0"; ${ask("twinline ''")}; ${ask("twinline config ''")}`;
    const said = await place.run('zsh', ['-f', '-c', body, place.script]);
    for (const line of ['get:Download files.', ':argument:(check print example)', ':argument:_files']) {
      assert.ok(said.split('\n').includes(line), `${line} in\n${said}`);
    }
    assert.match(said, /^\*--durability\[.*\]:value:\(fsync rename\)$/m);
  });
});

test('a shell that is not known is refused with those that are', async () => {
  const { exitCode, stderr } = await runTwinline('completion', 'tcsh');
  assert.equal(exitCode, 64);
  assert.match(stderr, /no completion for "tcsh": use bash, zsh or fish/);
});
