import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { createTempFolder, type Script, type ScriptedServer, type ScriptedSession } from '../../testing/index.ts';
import { modes, optionsFor, startServerFor } from '../../../test/fixtures/client-pair.ts';
import type { ConnectOptions } from '../options.ts';
import { type ClientPool, createPool } from '../pool.ts';
import { compareTrees } from './compare-trees.ts';
import { mirrorDown, mirrorUp } from './mirror.ts';
import type { MirrorOptions, MirrorResult } from './mirror-options.ts';

const [plain] = modes;

/** Answers a listing with these lines by folder; folders that are not named are refused. */
function listings(byFolder: Readonly<Record<string, readonly string[]>>): Script {
  return async (session, folder) => {
    const lines = byFolder[folder];
    if (lines === undefined) await session.reply('550 No such folder');
    else await sendListing(session, lines.map((line) => `${line}\r\n`).join(''));
  };
}

async function sendListing(session: ScriptedSession, text: string): Promise<void> {
  await session.reply('150 Here it comes');
  const line = await session.acceptData();
  await line.write(Buffer.from(text, 'latin1'));
  await session.endData(line);
  await session.reply('226 Done');
}

const file = (name: string, size = 1): string => `type=file;size=${size};modify=20240101000000; ${name}`;
const folder = (name: string): string => `type=dir;modify=20240101000000; ${name}`;

/** Serves these files by whole path. */
function retrieve(files: Readonly<Record<string, string>>): Script {
  return async (session, name) => {
    const content = files[name];
    if (content === undefined) await session.reply('550 No such file');
    else await sendListing(session, content);
  };
}

interface Setting extends AsyncDisposable {
  readonly server: ScriptedServer;
  readonly pool: ClientPool;
  /** The target lies in it, beside what must not be touched. */
  readonly around: string;
  readonly target: string;
  commands(): string[];
  down(options?: MirrorOptions): Promise<MirrorResult>;
}

async function setUp(commands: Readonly<Record<string, Script>>, more: Partial<ConnectOptions> = {}): Promise<Setting> {
  const server = await startServerFor(plain, { commands });
  const place = await createTempFolder();
  const target = place.join('to');
  await mkdir(target);
  const pool = createPool({ ...optionsFor(plain, server), ...more }, { size: 2 });
  return {
    server,
    pool,
    around: place.path,
    target,
    commands: () => server.sessions.flatMap((session) => session.commands),
    down: (options = {}) => mirrorDown(pool, '', target, { parallel: 2, ...options }),
    [Symbol.asyncDispose]: async () => {
      await pool.quit();
      await server.stop();
      await place.remove();
    },
  };
}

const codesOf = (result: MirrorResult): string[] =>
  result.errors.map(({ error }) => (error as { code?: string }).code ?? '');

describe('a mirror of a hostile listing', () => {
  test('writes nothing outside its target and sends no command that a name has made', async () => {
    const names = ['..', '../evil', '/evil', 'a/b', '', '.', 'x\rDELE y', 'nul\0l', `.twinline-${'0'.repeat(32)}.part`];
    const hostile = [
      ...names.map((name) => file(name)),
      folder('..'),
      folder('../up'),
      file('back\\slash'),
      file('good'),
    ];
    await using setting = await setUp({
      MLSD: listings({ '/': hostile }),
      RETR: retrieve({ '/good': 'g', '/back\\slash': 'b' }),
    });
    const result = await setting.down();
    assert.equal(result.copied, 2);
    assert.ok(codesOf(result).every((code) => code === 'ERR_TWINLINE_LEFT_OUT'));
    assert.ok(result.failures >= 6, String(result.failures));
    assert.deepEqual((await readdir(setting.around, { recursive: true })).sort(), ['to', 'to/back%5Cslash', 'to/good']);
    const verbs = setting.commands().map((line) => line.split(' ')[0]);
    assert.ok(!verbs.includes('DELE'));
    assert.deepEqual(
      setting
        .commands()
        .filter((line) => line.startsWith('RETR'))
        .sort(),
      ['RETR /back\\slash', 'RETR /good'],
    );
  });

  test('ends where folders are nested without end, and removes nothing then', async () => {
    const MLSD: Script = async (session) => sendListing(session, `${folder('d')}\r\n`);
    await using setting = await setUp({ MLSD });
    await writeFile(`${setting.target}/extra`, 'x');
    const result = await setting.down({ delete: true });
    assert.deepEqual(codesOf(result).sort(), ['ERR_TWINLINE_LISTING_TOO_LONG', 'ERR_TWINLINE_NOT_REMOVED']);
    assert.equal(setting.commands().filter((line) => line.startsWith('MLSD')).length, 101);
    assert.ok((await readdir(setting.target)).includes('extra'));
  });

  test('ends where a listing has no end, and removes nothing then', async () => {
    const MLSD: Script = async (session) => {
      await session.reply('150 Here it comes');
      const line = await session.acceptData();
      const piece = Buffer.from(`${file('f')}\r\n`.repeat(1000));
      while (line.ending.how === 'none') await line.write(piece).catch(() => undefined);
      await session.reply('426 Cut\n226 Aborted').catch(() => undefined);
    };
    await using setting = await setUp({ MLSD }, { limits: { maxListingBytes: 1_000_000 } });
    await writeFile(`${setting.target}/extra`, 'x');
    const result = await setting.down({ delete: true });
    assert.equal(codesOf(result)[0], 'ERR_TWINLINE_LISTING_TOO_LONG');
    assert.deepEqual(await readdir(setting.target), ['extra']);
  });

  test('takes the first of two entries that are the same name here', async () => {
    await using setting = await setUp({
      MLSD: listings({ '/': [file('a\\b'), file('a%5Cb'), file('twice'), file('twice')] }),
      RETR: retrieve({ '/a\\b': '1', '/a%5Cb': '2', '/twice': '3' }),
    });
    const result = await setting.down();
    assert.deepEqual([result.copied, result.failures], [2, 2]);
    assert.deepEqual((await readdir(setting.target)).sort(), ['a%5Cb', 'twice']);
  });
});

describe('a mirror with --delete', () => {
  test('removes nothing where a listing was cut, refused or not understood', async () => {
    const cut: Script = async (session, name) => {
      if (name === '/') return sendListing(session, `${folder('sub')}\r\n`);
      await session.reply('150 Here it comes');
      const line = await session.acceptData();
      await line.write(Buffer.from(`${file('one')}\r\n`));
      line.reset();
      await session.reply('426 Cut');
    };
    const cases = {
      cut,
      refused: listings({ '/': [folder('sub')] }),
      strange: listings({ '/': [folder('sub'), 'no such line'], '/sub': [] }),
    };
    for (const [name, MLSD] of Object.entries(cases)) {
      await using setting = await setUp({ MLSD, RETR: retrieve({ '/sub/one': '1' }) });
      await mkdir(`${setting.target}/sub`);
      await writeFile(`${setting.target}/sub/mine`, 'x');
      await writeFile(`${setting.target}/extra`, 'x');
      const result = await setting.down({ delete: true, retry: { tries: 1, delayMs: 1 } });
      assert.equal(result.removed, 0, name);
      assert.ok(result.failures > 0, name);
      assert.deepEqual((await readdir(setting.target)).sort(), ['extra', 'sub'], name);
      assert.ok((await readdir(`${setting.target}/sub`)).includes('mine'), name);
    }
  });

  test('lets be what LIST does not show: hidden files, and all where it shows nothing', async () => {
    const lines = ['-rw-r--r-- 1 u g 1 Jan  1  2024 kept', 'drwxr-xr-x 1 u g 1 Jan  1  2024 closed'];
    const LIST: Script = async (session, name) =>
      sendListing(session, name === '/' ? lines.map((line) => `${line}\r\n`).join('') : '');
    await using setting = await setUp({
      FEAT: '211-Features:\n SIZE\n211 End',
      LIST,
      RETR: retrieve({ '/kept': '1' }),
    });
    await mkdir(`${setting.target}/closed`);
    for (const name of ['closed/mine', '.hidden', 'extra']) await writeFile(`${setting.target}/${name}`, 'x');
    const result = await setting.down({ delete: true });
    assert.deepEqual([result.copied, result.removed, result.skipped, result.failures], [1, 1, 1, 0]);
    assert.deepEqual((await readdir(setting.target, { recursive: true })).sort(), [
      '.hidden',
      'closed',
      'closed/mine',
      'kept',
    ]);
  });
});

describe('a mirror from an imperfect server', () => {
  test('copies the others when one file fails, and says which', async () => {
    await using setting = await setUp({
      MLSD: listings({ '/': [file('a'), file('b'), file('c')] }),
      RETR: retrieve({ '/a': '1', '/c': '3' }),
    });
    const result = await setting.down();
    assert.deepEqual([result.copied, result.failures, result.errors[0]?.path], [2, 1, 'b']);
    assert.deepEqual((await readdir(setting.target)).sort(), ['a', 'c']);
  });

  test('goes on with a new session where one is lost while a folder is listed', async () => {
    let times = 0;
    const MLSD: Script = async (session, name) => {
      times += 1;
      if (times === 2) session.close();
      else await sendListing(session, name === '/' ? `${folder('sub')}\r\n` : `${file('x')}\r\n`);
    };
    await using setting = await setUp({ MLSD, RETR: retrieve({ '/sub/x': '1' }) });
    const result = await setting.down({ retry: { tries: 2, delayMs: 1 } });
    assert.deepEqual([result.copied, result.failures], [1, 0]);
    assert.ok(setting.server.sessions.length >= 2);
  });

  test('ends when the server can no longer be reached', async () => {
    const MLSD: Script = async (session) => {
      await sendListing(session, Array.from({ length: 50 }, (_, at) => `${file(`f${at}`)}\r\n`).join(''));
    };
    await using setting = await setUp({ MLSD, RETR: async () => void setting.server.stop().catch(() => undefined) });
    await assert.rejects(setting.down({ retry: { tries: 1, delayMs: 1 } }), { code: 'ERR_TWINLINE_CONNECT' });
  });

  test('finds no difference in times that the server does not tell, and asks for those that are uncertain', async () => {
    const LIST: Script = async (session) => sendListing(session, '-rw-r--r-- 1 u g 1 Jan  1  2024 f\r\n');
    const asked: Record<string, Script> = {
      MDTM: '213 20230101000000',
      LIST,
      FEAT: '211-Features:\n MDTM\n SIZE\n211 End',
    };
    await using setting = await setUp({ ...asked, RETR: retrieve({ '/f': '1' }) });
    assert.equal((await setting.down()).copied, 1);
    assert.equal((await setting.down()).same, 1, 'the exact time was kept and asked for');
    const differences: string[] = [];
    const paths = { remote: '', local: setting.target };
    await compareTrees(setting.pool, 'down', paths, { onDifference: ({ path }) => differences.push(path) });
    assert.deepEqual(differences, []);
  });
});

test('a mirror to a server makes folders before what goes into them and leaves out what no command can name', async () => {
  const made: string[] = [];
  await using setting = await setUp({
    MKD: async (session, name) => {
      made.push(name);
      await session.reply(`257 "${name}" made`);
    },
    MLSD: listings({ '/': [] }),
    CWD: '250 Changed',
  });
  await mkdir(`${setting.target}/a/b`, { recursive: true });
  await writeFile(`${setting.target}/a/b/f`, 'f');
  await writeFile(`${setting.target}/line\r\nend`, 'f');
  const result = await mirrorUp(setting.pool, setting.target, '');
  assert.deepEqual([result.copied, result.failures], [1, 1]);
  assert.deepEqual(made, ['/a', '/a/b']);
  assert.deepEqual(setting.server.uploads.get('/a/b/f'), Buffer.from('f'));
});
