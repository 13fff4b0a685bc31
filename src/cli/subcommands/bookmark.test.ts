import { after, before, beforeEach, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createTempFolder, type TempFolder } from '../../testing/index.ts';
import { modes, startServerFor } from '../../../test/fixtures/client-pair.ts';
import { runTwinline } from '../../../test/fixtures/command-run.ts';

const files = { a: Buffer.from('some bytes'), 'in/b': Buffer.from('other bytes') };

let folder: TempFolder;
const kept = process.env['XDG_CONFIG_HOME'];
const configFile = () => folder.join('twinline/client.toml');

before(async () => {
  folder = await createTempFolder();
  process.env['XDG_CONFIG_HOME'] = folder.path;
});

beforeEach(() => rm(folder.join('twinline'), { recursive: true, force: true }));

after(async () => {
  if (kept === undefined) delete process.env['XDG_CONFIG_HOME'];
  else process.env['XDG_CONFIG_HOME'] = kept;
  await folder.remove();
});

async function configure(text: string): Promise<void> {
  await mkdir(folder.join('twinline'), { recursive: true });
  await writeFile(configFile(), text);
}

describe('twinline bookmark', () => {
  test('adds, lists, shows, renames and removes, and leaves comments as they are', async () => {
    await configure('# mine\n[defaults]\nconnect-timeout = 5\n');
    const url = 'ftpes://files.example.org/in/';
    const added = await runTwinline(
      'bookmark',
      'add',
      'work',
      url,
      '-u',
      'anna',
      '--password-file',
      '/etc/work-password',
      '--pin',
      `sha256/${'A'.repeat(43)}=`,
      '--active',
    );
    assert.equal(added.exitCode, 0, added.stderr);
    assert.equal((await stat(configFile())).mode & 0o777, 0o600);
    await runTwinline('bookmark', 'add', 'a.b', 'ftp://h');
    const list = (await runTwinline('bookmark', 'list')).stdout.toString();
    assert.equal(list, `@work  ${url}  (user, password-file, pin, active)\n@a.b  ftp://h\n`);
    const shown = JSON.parse((await runTwinline('bookmark', 'show', 'work')).stdout.toString()) as object;
    assert.deepEqual(shown, {
      name: 'work',
      url,
      user: 'anna',
      'password-file': '/etc/work-password',
      pin: [`sha256/${'A'.repeat(43)}=`],
      active: true,
    });
    assert.equal((await runTwinline('bookmark', 'rename', 'a.b', 'c')).exitCode, 0);
    assert.equal((await runTwinline('bookmark', 'rm', 'work')).exitCode, 0);
    assert.equal(
      await readFile(configFile(), 'utf8'),
      '# mine\n[defaults]\nconnect-timeout = 5\n\n[bookmark.c]\nurl = "ftp://h"\n',
    );
  });

  for (const [words, says] of [
    [['add', 'work', 'ftp://anna:secret@h'], /holds a password/],
    [['add', 'work', 'ftp://h', '-u', 'anna:secret'], /a password does not belong/],
    [['add', 'a b', 'ftp://h'], /cannot name a bookmark/],
    [['add', 'work', 'http://h'], /no scheme of FTP/],
    [['add', 'work'], /needs a name and a URL/],
    [['add', 'there', 'ftp://h'], /"there" already/],
    [['rm', 'ther'], /did you mean "there"/],
    [['rename', 'there', 'there'], /already/],
    [['show'], /needs a name/],
    [['ad'], /no action/],
  ] as const) {
    test(`changes nothing and says why with ${JSON.stringify(words)}`, async () => {
      const text = '[bookmark.there]\nurl = "ftp://h"\n';
      await configure(text);
      const run = await runTwinline('bookmark', ...words);
      assert.notEqual(run.exitCode, 0);
      assert.match(run.stderr, says);
      assert.doesNotMatch(run.stderr, /secret/);
      assert.equal(await readFile(configFile(), 'utf8'), text);
    });
  }
});

describe('a bookmark', () => {
  test('stands for its URL with a path behind it, and its options yield to those of the command line', async () => {
    await using server = await startServerFor(modes[0], { files });
    await mkdir(folder.join('twinline'), { recursive: true });
    await writeFile(folder.join('twinline/word'), 'from-file\n');
    const url = `ftp://127.0.0.1:${server.port}`;
    const defaults = '[defaults]\nuser = "everybody"\npassword-file = "word"\n';
    await configure(`${defaults}[bookmark.work]\nurl = "${url}"\nuser = "anna"\n[bookmark.in]\nurl = "${url}/in/"\n`);
    for (const [words, bytes, user] of [
      [['@work/a'], files.a, 'anna'],
      [['@in/b'], files['in/b'], 'everybody'],
      [['@work/a', '-u', 'bob'], files.a, 'bob'],
      [[`${url}/a`], files.a, 'everybody'],
    ] as const) {
      const run = await runTwinline('get', ...words, '-o', '-');
      assert.equal(run.exitCode, 0, run.stderr);
      assert.deepEqual(run.stdout, bytes);
      assert.deepEqual(server.sessions.at(-1)?.commands.slice(0, 2), [`USER ${user}`, 'PASS from-file']);
    }
    const missing = await runTwinline('get', '@wrok/a', '-o', '-');
    assert.equal(missing.exitCode, 78);
    assert.match(missing.stderr, /There is no bookmark "wrok"; did you mean "work"\?/);
  });

  for (const [text, says] of [
    ['[bookmark.x]\nurl = "ftp://h"\nusr = "anna"', /no setting "usr" in \[bookmark\.x\]; did you mean "user"/],
    ['[bookmark.x]\nuser = "anna"', /needs its url/],
    ['[bookmark.x]\nurl = "ftp://anna:secret@h"', /x\.url holds a password/],
    ['[bookmark.x]\nurl = "ftp://h"\nuser = "anna:secret"', /x\.user: a password does not belong/],
    ['[defaults]\npassword = "secret"', /defaults\.password: a password does not belong .* password-file or netrc/],
    ['[defaults]\nactive = "yes"', /defaults\.active must be true or false/],
    ['[defaults]\nproxy = ["a"]', /defaults\.proxy must be a text/],
    ['[default]\nproxy = "a"', /no table "default"; did you mean "defaults"/],
    ['bookmark = 3', /bookmark\.NAME must be a table/],
    ['[defaults]\nproxy = ', /client\.toml:2: /],
  ] as const) {
    test(`and everything else is explained where the file says ${JSON.stringify(text)}`, async () => {
      await configure(text);
      const run = await runTwinline('ls', 'ftp://127.0.0.1:1/');
      assert.equal(run.exitCode, 78, run.stderr);
      assert.match(run.stderr, says);
      assert.doesNotMatch(run.stderr, /secret/);
    });
  }
});
